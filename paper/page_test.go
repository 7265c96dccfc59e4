package paper

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"ranksweep/grid"
	"ranksweep/paper/table"
	"ranksweep/paper/table/latextest"
	"ranksweep/results"
)

// Every page is written in every format, and pdfLaTeX compiles it, whatever there is of runs.
func TestPagesInLaTeX(t *testing.T) {
	all := degenerate()
	all["whole"] = sweep()
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(all)) {
		v := view(all[name])
		for _, d := range []Detail{Main, Brief, Whole} {
			page, err := NewPage(v, name, d)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, f := range table.Formats {
				var text bytes.Buffer
				if err := page.Write(&text, f, 80); err != nil || strings.Contains(text.String(), "NaN") {
					t.Errorf("%s as %s: %v\n%s", name, f, err, &text)
				}
				if f == table.LaTeXFormat {
					b.Write(text.Bytes())
					b.WriteString("\\clearpage\n")
				}
			}
		}
	}
	latextest.Compile(t, b.Bytes())
}

// A page has the tables that matter, and says what it leaves out.
func TestPageSaysWhatItLeavesOut(t *testing.T) {
	names := func(d Detail) (list []string, p table.Page) {
		p, err := NewPage(view(sweep()), "", d)
		if err != nil {
			t.Fatal(err)
		}
		for _, t := range p.Tables {
			list = append(list, t.Name)
		}
		return list, p
	}
	list, main := names(Main)
	if want := []string{"summary", "exponents", "comparisons"}; !slices.Equal(list, want) {
		t.Errorf("tables %q, want %q", list, want)
	}
	_, whole := names(Whole)
	left := len(whole.Tables[1].Rows) - len(main.Tables[1].Rows)
	if left == 0 || !strings.HasPrefix(main.Left, "Not shown without --all: ") || whole.Left != "" {
		t.Errorf("%d rows are left out, %q, %q", left, main.Left, whole.Left)
	}
	detail := func(r table.Row) bool { return r.Detail }
	first := slices.IndexFunc(whole.Tables[1].Rows, detail)
	if first != len(main.Tables[1].Rows) || slices.ContainsFunc(main.Tables[1].Rows, detail) {
		t.Errorf("rows without a prediction begin at %d, want them after %d", first, len(main.Tables[1].Rows))
	}
}

// manyAxes are runs on so many further axes of two values each.
func manyAxes(n int) (all []results.Run) {
	axes := []string{"weight_decay", "targets", "dropout", "batch", "warmup"}
	values := [][2]string{{"0", "0.01"}, {"[all-linear]", "[attention]"}, {"0", "0.05"}, {"16", "32"}, {"0", "100"}}
	for combination := range 1 << n {
		for _, r := range (fake{schemes: []string{"lora", "rslora"}, ranks: []int{4, 512}, seeds: 3, steps: 4}).runs() {
			for i := range n {
				value := values[i][combination>>i&1]
				r.ID, r.Cell = r.ID+"-"+value, r.Cell+"-"+value
				r.Axes = append(r.Axes, grid.Coordinate{Name: axes[i], Value: value})
			}
			all = append(all, r)
		}
	}
	return all
}

// Tables in LaTeX are no wider than a page of an article, with four axes besides scheme, rank and seed.
func TestLaTeXFitsThePage(t *testing.T) {
	for _, n := range []int{1, 4} {
		var b bytes.Buffer
		for _, d := range []Detail{Main, Brief} {
			page, err := NewPage(view(manyAxes(n)), "", d)
			if err != nil {
				t.Fatal(err)
			}
			page.Said = nil // whose words are not broken anew
			if err := page.Write(&b, table.LaTeXFormat, 0); err != nil {
				t.Fatal(err)
			}
		}
		for _, line := range latextest.Compile(t, b.Bytes()) {
			t.Errorf("%d further axes: %s", n, line)
		}
	}
}
