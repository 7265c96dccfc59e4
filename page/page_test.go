package page

import (
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ranksweep/grid"
	"ranksweep/results"
)

// A page has the question, the findings, the tables and the figures of the same runs in package paper, with and
// without scripts, and the same bytes each time.
func TestPageHasWhatTablesAndFiguresHave(t *testing.T) {
	text := written(t, sourceOf(madeUp()))
	for _, want := range []string{
		"<h1>fake</h1>", "Does it?", "The onset gradient norm falls with rank under LoRA: rank^-0.500",
		"validation loss of rsLoRA at rank 64", `id="table-summary"`, `id="table-exponents"`, `id="table-comparisons"`,
		"Holm&#39;s p", `alt="Figure Loss.`, `alt="Figure Onset.`, "name: fake", "ranksweep v1 abc",
		"sweep run fake.yaml --out runs/fake", "<noscript>",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if again := written(t, sourceOf(madeUp())); again != text {
		t.Error("the page has other bytes the second time")
	}
}

// The policy names the hash of the one script and the one style of the page, as a browser reads them, and allows
// nothing else.
func TestPolicyNamesScriptAndStyle(t *testing.T) {
	text := written(t, hostileSource())
	policy := regexp.MustCompile(`http-equiv="Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(text)
	script := regexp.MustCompile(`(?s)<script>(.*?)</script>`).FindAllStringSubmatch(text, -1)
	style := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindAllStringSubmatch(text, -1)
	if policy == nil || len(script) != 1 || len(style) != 1 {
		t.Fatalf("%d policies, %d scripts, %d styles", len(policy), len(script), len(style))
	}
	want := "default-src &#39;none&#39;; script-src &#39;" + hashOf(script[0][1]) + "&#39;; style-src &#39;" +
		hashOf(style[0][1]) + "&#39;; img-src data:; base-uri &#39;none&#39;; form-action &#39;none&#39;"
	if got := strings.ReplaceAll(policy[1], "&#43;", "+"); got != want {
		t.Errorf("policy %s, want %s", got, want)
	}
	for _, banned := range []string{`style="`, "javascript:", "http://", "https://"} {
		rest := strings.ReplaceAll(strings.ReplaceAll(text, script[0][1], ""), "http://www.w3.org", "")
		if strings.Contains(rest, banned) {
			t.Errorf("the page has %s", banned)
		}
	}
}

// Texts of users are nowhere markup: there are as many elements as without them, and they read back as they were.
func TestHostileTextsAreTexts(t *testing.T) {
	text := written(t, hostileSource())
	for _, element := range []string{"<script", "</script", "<img src=x", "<!--"} {
		want := map[string]int{"<script": 2, "</script": 2}[element]
		if got := strings.Count(text, element); got != want {
			t.Errorf("%d times %s, want %d", got, element, want)
		}
	}
	d := dataIn(t, text)
	var words []string
	for _, trait := range d.Traits {
		if trait.Name == "model" {
			words = trait.Words
		}
	}
	if len(words) != 2 || words[1] != hostile && words[0] != hostile {
		t.Errorf("values of the axis model: %q", words)
	}
}

var dataElement = regexp.MustCompile(`(?s)<script type="application/gzip" id="data">(.*?)</script>`)

func dataIn(t *testing.T, text string) (d data) {
	t.Helper()
	m := dataElement.FindStringSubmatch(text)
	if m == nil {
		t.Fatal("the page has no data")
	}
	check(t, json.Unmarshal([]byte(unpacked(t, m[1])), &d))
	return d
}

// unpacked is the text that was packed.
func unpacked(t *testing.T, text string) string {
	t.Helper()
	in, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(text)))
	check(t, err)
	all, err := io.ReadAll(in)
	check(t, err)
	return string(all)
}

// The columns of a page say the same as the rows of runs.csv.
func TestColumnsAreRuns(t *testing.T) {
	runs := madeUp()
	tables, err := results.RunTables(runs, grid.Grid{}, nil)
	check(t, err)
	d := dataIn(t, written(t, sourceOf(runs)))
	if d.Rows != len(runs) || len(d.Columns) != len(tables[0].Columns) {
		t.Fatalf("%d rows of %d columns, want %d of %d", d.Rows, len(d.Columns), len(runs), len(tables[0].Columns))
	}
	for i, row := range tables[0].Rows {
		for j, want := range row {
			if got := d.Columns[j].cell(i); got != want {
				t.Errorf("row %d, %s: %q, want %q", i, d.Columns[j].Name, got, want)
			}
		}
	}
}

// Without a run a page has the question and the settings, and says that nothing has ended.
func TestNoRuns(t *testing.T) {
	text := written(t, Source{Experiments: []Experiment{{"runs/new", "new", "Does it?", []byte("name: new\n")}}})
	for _, want := range []string{"Does it?", "No run of the grid has ended yet.", "name: new", "sweep run new.yaml"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if m := unpacked(t, dataElement.FindStringSubmatch(text)[1]); strings.Contains(m, "null") {
		t.Errorf("scripts want lists, if only empty ones: %s", m)
	}
}

// Every doubt is on the page, the first ones at once. A run that lacks an axis has none of its values.
func TestDoubtsAndAbsentValues(t *testing.T) {
	runs := madeUp()
	runs[0].Axes = append(runs[0].Axes, grid.Coordinate{Name: "init", Value: "mica"})
	from := sourceOf(runs)
	for i := range 30 {
		from.Doubts = append(from.Doubts, fmt.Sprintf("doubt %d.", i))
	}
	p, err := New(from)
	check(t, err)
	if first, more := len(p.FirstDoubts()), len(p.MoreDoubts()); first != mostDoubts || first+more != len(p.Doubts) {
		t.Errorf("%d doubts at once and %d more, of %d", first, more, len(p.Doubts))
	}
	if text := written(t, from); strings.Count(text, "<li>doubt ") != 30 {
		t.Errorf("%d of 30 doubts", strings.Count(text, "<li>doubt "))
	}
	for _, trait := range p.Data.Traits {
		if trait.Name == "init" && !slices.Equal(slices.Sorted(slices.Values(trait.Words)), []string{"mica", none}) {
			t.Errorf("values of the axis init: %q", trait.Words)
		}
	}
}

// Long curves are thinned to their first and last points and some between, and the page says so.
func TestThin(t *testing.T) {
	var b bundle
	for _, c := range []struct {
		n, room, want int
		thinned       bool
	}{{5, 100, 5, false}, {200, 1000, 200, false}, {1000, 1000, mostPoints, true}, {1000, 3, leastPoints, true}} {
		b.Thinned = false
		kept := b.thin(c.n, c.room)
		if len(kept) != c.want || kept[0] != 0 || kept[len(kept)-1] != c.n-1 || b.Thinned != c.thinned {
			t.Errorf("%d points where %d have room: %d kept, from %d to %d, thinned %t", c.n, c.room, len(kept),
				kept[0], kept[len(kept)-1], b.Thinned)
		}
	}
}

// A word is quoted for a shell unless it has only letters, digits and harmless signs.
func TestQuoted(t *testing.T) {
	for word, want := range map[string]string{
		"runs/a-b_1.0": "runs/a-b_1.0", "a b": "'a b'", "it's": `'it'\''s'`, "$HOME": "'$HOME'", "": "''",
		"a;rm -rf": "'a;rm -rf'", "-x": "-x",
	} {
		if got := quoted(word); got != want {
			t.Errorf("quoted(%q) = %s, want %s", word, got, want)
		}
	}
}
