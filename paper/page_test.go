package paper

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"ranksweep/paper/table"
	"ranksweep/paper/table/latextest"
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
