package paper

import (
	"slices"
	"strings"
	"testing"

	"ranksweep/analysis"
	"ranksweep/grid"
	"ranksweep/paper/table"
	"ranksweep/results"
)

// partial is a view of some of the runs of a grid of LoRA and rsLoRA at ranks 4 and 8.
func partial(keep func(results.Run) bool) View {
	runs := losing(3, noise)
	var g grid.Grid
	for _, r := range runs {
		g.Runs = append(g.Runs, grid.Planned{ID: r.ID, Axes: r.Axes})
	}
	runs = slices.DeleteFunc(runs, func(r results.Run) bool { return !keep(r) })
	in, choices, _ := analysis.Split(g, runs)
	return NewView(in, choices, results.CoverageOf(g, runs, nil))
}

func everything(results.Run) bool { return true }

// No rank and no scheme takes the place of a reference that is missing.
func TestMissingReferences(t *testing.T) {
	for _, c := range []struct {
		name  string
		keep  func(results.Run) bool
		rows  []string
		notes string
	}{
		{"the smallest rank", func(r results.Run) bool { return r.Rank != 4 }, []string{
			"rank 8: rsLoRA vs LoRA", "LoRA: rank 8 vs rank 4", "rsLoRA: rank 8 vs rank 4",
		}, "LoRA: rank 8 vs rank 4"},
		{"the first scheme", func(r results.Run) bool { return r.Scheme != "lora" }, []string{
			"rank 4: rsLoRA vs lora", "rank 8: rsLoRA vs lora", "rsLoRA: rank 8 vs rank 4",
		}, "rank 8: rsLoRA vs LoRA"},
		{"the first scheme at one rank", func(r results.Run) bool {
			return r.Scheme != "lora" ||
				r.Rank != 8
		}, []string{
			"rank 4: rsLoRA vs LoRA", "rank 8: rsLoRA vs LoRA", "rsLoRA: rank 8 vs rank 4",
		}, "rank 8: rsLoRA vs LoRA"},
	} {
		rows, names := comparisonRows(t, partial(c.keep))
		for _, want := range c.rows {
			want = strings.ReplaceAll(want, "vs lora", "vs LoRA")
			if !slices.Contains(names, want) {
				t.Errorf("without %s: got %q, want %q", c.name, names, want)
			}
		}
		row := rows[c.notes]
		if row["verdict"] != "reference missing" || !strings.Contains(row["notes"], "the reference is missing") {
			t.Errorf("without %s: %v", c.name, row)
		}
	}
}

// What was found says that the reference is missing, and which it is.
func TestFoundWithoutTheFirstScheme(t *testing.T) {
	found, err := Found(partial(func(r results.Run) bool { return r.Scheme != "lora" }))
	const want = "the validation loss of rsLoRA at rank 8 is not compared with that of LoRA, which is missing"
	if err != nil || !strings.Contains(found, want) {
		t.Errorf("got %s (%v), want %s", found, err, want)
	}
}

// A norm is never relative to another rank than the grid's smallest.
func TestNormsAreRelativeToThePlannedRank(t *testing.T) {
	columns := func(v View) (s table.Table, heads []string) {
		s = summaryTable(v)
		for _, c := range s.Columns {
			if strings.HasPrefix(c.Head, "relative to") {
				heads = append(heads, c.Head)
			}
		}
		return s, heads
	}
	if _, heads := columns(partial(everything)); !slices.Equal(heads, []string{"relative to rank 4"}) {
		t.Errorf("columns %q", heads)
	}
	s, heads := columns(partial(func(r results.Run) bool { return r.Rank == 8 }))
	if len(heads) > 0 || !slices.Contains(s.Notes, "LoRA: rank 4 is missing, so that nothing is relative to it") {
		t.Errorf("without rank 4: columns %q, notes %q", heads, s.Notes)
	}
}

// Everything that shows a part of a grid says so, and nothing does that shows all of it.
func TestEveryViewSaysWhatPartItShows(t *testing.T) {
	const mark, sentence = "partial: 11 of 12 runs", "Partial: 11 of 12 runs of the grid. "
	part := partial(func(r results.Run) bool { return r.Scheme != "lora" || r.Rank != 4 || r.Seed > 0 })
	for _, v := range []View{part, partial(everything)} {
		whole := v.coverage.Whole()
		tables, err := Tables(v)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range tables {
			if strings.Contains(x.Caption, sentence) == whole {
				t.Errorf("table %s: %s", x.Name, x.Caption)
			}
		}
		if row := tables[0].Rows[0]; whole != (len(row.Notes) == 0) {
			t.Errorf("row %v of a cell that lacks a seed", row)
		}
		figures, err := Figures(v)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range figures {
			if strings.Contains(f.Caption, sentence) == whole || (f.Legend[len(f.Legend)-1].Text == mark) == whole {
				t.Errorf("figure %s: %s; %v", f.Name, f.Caption, f.Legend)
			}
		}
		found, err := Found(v)
		if err != nil || strings.HasPrefix(found, strings.TrimSpace(sentence)) == whole {
			t.Errorf("found %s (%v)", found, err)
		}
	}
}
