package table

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"ranksweep/metrics/stats"
)

// numbersTable has numbers of each kind, words, and columns of detail.
func numbersTable() Table {
	t := Table{Name: "numbers", Title: "Numbers", Caption: "word: what it means"}
	rows := []float64{1, 2, 3}
	Fill(&t, rows,
		Words("what is measured, at length", func(v float64) string {
			return fmt.Sprintf("a quantity with a long name, number %v (nats/token/Frobenius²)", v)
		}, "quantity"),
		Intervals("loss", "nats/token", "loss", func(v float64) stats.Interval {
			return stats.Interval{Mean: v / 3, Low: v/3 - 0.0124, High: v/3 + 0.0124, N: 3}
		}),
		Numbers("power", func(v float64) Entry { return Exact("-0.502 [-0.509, -0.495]", -0.502, -0.509, -0.495) },
			"power", "low", "high"),
		Detail(Numbers("share of validation", func(v float64) Entry { return Exact("95%", 0.95) }, "share")),
		Detail(Numbers("p", func(v float64) Entry { return Exact("1.8e-4", v*1.8e-4) }, "p")),
		Numbers("nothing at first", func(v float64) Entry {
			if v == 1 {
				return Exact("", math.NaN())
			}
			return Exact("0 to 0.5", v)
		}, "later"),
		Words("verdict", func(float64) string { return "not separated" }, "verdict"),
	)
	t.Doubt(1, "a doubt that is so long that it has to be broken into several lines, whatever the width may be")
	return t
}

func written(t *testing.T, p Page, f Format, width int) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.Write(&b, f, width); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTextFits(t *testing.T) {
	page := Page{Said: []string{strings.Repeat("a sentence of words ", 20)}, Tables: []Table{numbersTable()}}
	for width, want := range map[int]string{ // what is left out
		200: "", 120: "", 100: "share of validation, p.", 80: "share of validation, p.", 60: "share of validation, p.",
	} {
		text := written(t, page, TextFormat, width)
		for line := range strings.SplitSeq(text, "\n") {
			if n := twwidth.Width(line); n > width {
				t.Errorf("%d characters in place of %d: %s", n, width, line)
			}
		}
		_, left, _ := strings.Cut(text, "No room for the columns ")
		if left, _, _ = strings.Cut(left, "\n"); left != want {
			t.Errorf("at %d no room for %q, want %q\n%s", width, left, want, text)
		}
		for _, word := range []string{"quantity", "-0.502", "[-0.509,", "-0.495]", "0.667 ±", "0.012"} {
			if !strings.Contains(text, word) {
				t.Errorf("at %d there is no %s:\n%s", width, word, text)
			}
		}
	}
	if text := written(t, page, TextFormat, 80); !strings.Contains(text, "0.667 ± 0.012  -0.502 [-0.509, -0.495]") {
		t.Errorf("numbers are broken where words can be:\n%s", text)
	}
	if text := written(t, page, TextFormat, 0); !strings.Contains(text, "number 1 (nats/token/Frobenius²)") {
		t.Errorf("rows are broken without a width:\n%s", text)
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"one two three", "one two\n  three"},
		{"a\nb", "a\nb"},
		{"abcdefghijklm", "abcdefgh\n  ijklm"},
		{"runs/models/x", "runs/\n  models/x"},
		{"模型模型模型", "模型模型\n  模型"}, // each letter is two wide
		{"", ""},
	} {
		if got := wrap(c.text, 10, "  "); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestParseFormat(t *testing.T) {
	for name, want := range map[string]string{
		"latx": `did you mean "latex"?`, "htm": `did you mean "html"?`,
		"docx": "known: text, markdown, latex, csv, json, html",
	} {
		if _, err := ParseFormat(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
}

func TestCSVIsOneTable(t *testing.T) {
	text := written(t, Page{Tables: []Table{names(), numbersTable()}}, CSVFormat, 0)
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if want := 1 + len(hostile) + 3; len(rows) != want {
		t.Errorf("%d rows, want %d", len(rows), want)
	}
	at := slices.Index(rows[0], "power")
	if last := rows[len(rows)-1]; last[0] != "numbers" || last[1] != "" || last[at] != "-0.502" {
		t.Errorf("row %q: want -0.502 as power, and no name", last)
	}
	if i := slices.IndexFunc(rows, func(r []string) bool { return r[1] == "'=1+1" }); i < 0 {
		t.Errorf("a formula is not escaped:\n%s", text)
	}
}

func TestJSON(t *testing.T) {
	var page struct {
		Found  []string
		Tables []struct{ Rows []map[string]any }
	}
	tables := []Table{names(), numbersTable()}
	text := written(t, Page{Said: []string{"a <b>"}, Tables: tables}, JSONFormat, 0)
	if err := json.Unmarshal([]byte(text), &page); err != nil {
		t.Fatal(err)
	}
	name, first := page.Tables[0].Rows[3]["name"], page.Tables[1].Rows[0]
	if page.Found[0] != "a <b>" || name != "=1+1" || first["p"] != 1.8e-4 || first["later"] != nil {
		t.Errorf("found %q, name %v, first row %v", page.Found, name, first)
	}
	for _, c := range []struct {
		values []string
		want   string
	}{
		{[]string{"1", "", "2e-5"}, "[1 <nil> 2e-5]"}, {[]string{"007", "8"}, "[007 8]"},
		{[]string{"1e999"}, "[1e999]"},
	} {
		got := typed(c.values)
		if _, isText := got[0].(string); fmt.Sprint(got) != c.want || isText != (c.values[0] != "1") {
			t.Errorf("%q: got %#v", c.values, got)
		}
	}
}

func TestHTML(t *testing.T) {
	table := names()
	text := written(t, Page{Title: "a <b>", Said: hostile, Tables: []Table{table}}, HTMLFormat, 0)
	for _, markup := range []string{"<script", "<b>", "&nbsp;", "<more>"} {
		if strings.Contains(text, markup) {
			t.Errorf("a name became markup: %s", markup)
		}
	}
	var b bytes.Buffer
	if err := table.WriteHTML(&b); err != nil || !strings.Contains(text, b.String()) {
		t.Errorf("%v: the table alone is not as on the page:\n%s", err, &b)
	}
	for _, s := range hostile[:5] {
		if !strings.Contains(html.UnescapeString(text), ">"+s+"</td>") {
			t.Errorf("no cell %s", s)
		}
	}
	if !strings.Contains(text, `data-value="-0.5"`) {
		t.Error("no value for scripts")
	}
}

func TestMarkdown(t *testing.T) {
	text := written(t, Page{Said: hostile, Tables: []Table{names()}}, MarkdownFormat, 0)
	for _, markup := range []string{"<", "*star", "&nbsp;", "`q`", "~ {a}"} {
		if strings.Contains(text, markup) {
			t.Errorf("a name became markup: %s", markup)
		}
	}
	if got := literal("[a](http://b) [-1, 2]"); got != "[a]&#40;http://b) [-1, 2]" {
		t.Errorf("a link is %s", got)
	}
	for _, s := range hostile[:7] {
		cell := "| " + html.EscapeString(s) + " |"
		if !strings.Contains(html.UnescapeString(text), html.UnescapeString(strings.ReplaceAll(cell, `\`, `\\`))) {
			t.Errorf("no cell %s", cell)
		}
	}
}

func TestDetail(t *testing.T) {
	table := numbersTable()
	table.Rows[0].Detail = true
	main, left := table.Main()
	whole, brief := table.Whole(), main.Brief()
	if left != 1 || len(main.Rows) != 2 || len(main.Notes) != 1 || len(main.Columns) != len(table.Columns) {
		t.Errorf("main: %d rows left out, %d rows", left, len(main.Rows))
	}
	if last := whole.Rows[2]; len(whole.Rows) != 3 || !last.Detail || len(last.Entries) != len(table.Columns) {
		t.Errorf("whole: %d rows, the last %v", len(whole.Rows), last)
	}
	if len(brief.Columns) != len(table.Columns)-2 || len(brief.Rows[0].Entries) != len(brief.Columns) ||
		brief.Caption != "" || len(table.Rows[1].Entries) != len(table.Columns) {
		t.Errorf("brief: %d columns", len(brief.Columns))
	}
}
