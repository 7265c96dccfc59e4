package paper

import (
	"math"
	"strings"
	"testing"

	"ranksweep/analysis"
	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/results"
)

// locally makes the reported runs of local grids: LoRA and rsLoRA at ranks 4 and 8, nine
// seeds, rates a factor of 2 apart. The best rate of a seed lies near 1e-3, except for the
// first two of rsLoRA at rank 8, where it lies beyond all rates.
func locally() View {
	rates := []float64{2.5e-4, 5e-4, 1e-3, 2e-3, 4e-3}
	runs := fake{schemes: []string{"lora", "rslora"}, ranks: []int{4, 8}, seeds: 9, steps: 4, rates: rates}.runs()
	g := grid.Grid{Nuisance: []string{"lr"}, Local: true}
	for i := range runs {
		r := &runs[i]
		best := 1e-3 * math.Pow(2, float64(r.Seed)/8-0.5)
		if r.Scheme == "rslora" && r.Rank == 8 && r.Seed < 2 {
			best = 1
		}
		for j := range r.Curve {
			r.Curve[j].Values[metrics.ValLoss] = 3
		}
		d := math.Log(r.LR / best)
		r.Curve[len(r.Curve)-1].Values[metrics.ValLoss] = 2 + 0.01*d*d + noise(r)
		g.Runs = append(g.Runs, grid.Planned{ID: r.ID, Axes: r.Axes})
	}
	in, _, _ := analysis.Split(g, runs)
	return NewView(in, nil, results.Coverage{})
}

func TestTablesOfLocalGrids(t *testing.T) {
	const estimator = "Each seed has its own best learning rate. Its final validation loss is the lowest point of "
	const edge = "for 2 of 9 seeds the best learning rate lies at the upper edge of the local grid"
	v := locally()
	tables, err := Tables(v)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"summary", "comparisons"} {
		var b strings.Builder
		for _, table := range tables {
			if table.Name == name {
				if err := table.WriteText(&b); err != nil {
					t.Fatal(err)
				}
			}
		}
		text := strings.Join(strings.Fields(b.String()), " ")
		otherwise := strings.Contains(text, "tuned on other seeds")
		if !strings.Contains(text, estimator) || !strings.Contains(text, edge) || otherwise {
			t.Errorf("%s:\n%s", name, b.String())
		}
	}
	var csv strings.Builder
	if err := tables[0].WriteCSV(&csv); err != nil {
		t.Fatal(err)
	}
	caption := tables[0].Caption
	ranges := strings.Contains(caption, "brackets have the lowest and the highest")
	if !strings.Contains(csv.String(), ",lr,lr_low,lr_high,") || !ranges {
		t.Errorf("summary:\n%s%s", csv.String(), caption)
	}
	// 1e-3 is the mean over logarithms; half a factor of 2 lies to each side.
	if got := tables[0].Rows[0].Entries[2].Text; got != "0.001 [7.07e-4, 0.00141]" {
		t.Errorf("learning rate %q", got)
	}
	rows, names := comparisonRows(t, v)
	for _, name := range names {
		notes := rows[name]["notes"]
		flagged := strings.Contains(name, "rank 8") && strings.Contains(name, "rsLoRA")
		if strings.Contains(notes, edge) != flagged || strings.Contains(notes, "error of choosing") {
			t.Errorf("%s: notes %q", name, notes)
		}
	}
	rates := ratesTable(v)
	const title = "Best learning rates: geometric mean over seeds [lowest, highest]"
	if rates.Title != title || rates.Rows[0].Entries[1].Text != "0.001 [7.07e-4, 0.00141]" {
		t.Errorf("%s: %v", rates.Title, rates.Rows[0])
	}
}

// If all seeds of a cell share one choice, their interval does not include its error.
func TestChoiceLeftOut(t *testing.T) {
	for _, c := range []struct {
		tuned []string
		seeds int
		want  string // empty: nothing
	}{
		{nil, 3, ""},
		{[]string{"lr"}, 3,
			"the interval does not include the error of choosing the learning rate; with tune: {local: 5} it does; "},
		{[]string{"lr"}, 1, ""}, // there is no interval
		{[]string{"lr", "clip"}, 3, "the interval does not include the error of choosing the learning rate and clip; "},
		{[]string{"scaling"}, 3, "the interval does not include the error of choosing the scaling; "},
		// words have no local grid
	} {
		looked := analysis.Rows(losing(c.seeds, noise))
		for i := range looked {
			looked[i].Setting.Moving, looked[i].Setting.Nuisance = c.tuned, c.tuned
		}
		table := allComparisonsTable(NewView(looked, nil, results.Coverage{}))
		n := 0
		for _, text := range table.Notes {
			if strings.Contains(text, "error of choosing") {
				if n++; text+"; " != c.want {
					t.Errorf("tuned %v: %q, want %q", c.tuned, text, c.want)
				}
			}
		}
		if want := min(1, len(c.want)); n != want {
			t.Errorf("tuned %v, %d seeds: said %d times, want %d", c.tuned, c.seeds, n, want)
		}
	}
}

// The table of the tuning says that the search goes on from the chosen values.
func TestTuningOfLocalGrids(t *testing.T) {
	const want = "The reported runs are on local grids around the chosen values; "
	for _, local := range []bool{true, false} {
		one := grid.Candidate{Axes: []grid.Coordinate{{Name: "lr", Value: "1"}}}
		choice := grid.Choice{Local: local, Candidates: []grid.Candidate{one}}
		if caption := tuningTable([]grid.Choice{choice}).Caption; strings.Contains(caption, want) != local {
			t.Errorf("local %t: %s", local, caption)
		}
	}
}
