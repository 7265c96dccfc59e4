package paper

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ranksweep/analysis"
	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/results"
)

// comparisonRows are the rows of a comparisons table, by the name of their comparison.
func comparisonRows(t *testing.T, v View) (rows map[string]map[string]string, names []string) {
	t.Helper()
	table := allComparisonsTable(v)
	rows = map[string]map[string]string{}
	for _, r := range table.Rows {
		row := map[string]string{}
		for i, c := range table.Columns {
			row[c.Head] = r.Entries[i].Text
		}
		for _, n := range r.Notes {
			row["notes"] += table.Notes[n] + "; "
		}
		name := row["comparison"]
		if rows[name] != nil {
			name += ", learning rate " + row[learningRate]
		}
		rows[name] = row
		names = append(names, name)
	}
	return rows, names
}

// losing makes runs of LoRA and rsLoRA at ranks 4 and 8. Losses begin at 3 and end at 2 plus
// what change adds.
func losing(seeds int, change func(r *results.Run) float64) []results.Run {
	runs := fake{schemes: []string{"lora", "rslora"}, ranks: []int{4, 8}, seeds: seeds, steps: 4}.runs()
	for i := range runs {
		r := &runs[i]
		for j := range r.Curve {
			r.Curve[j].Values[metrics.ValLoss] = 2
		}
		r.Curve[0].Values[metrics.ValLoss] = 3
		r.Curve[len(r.Curve)-1].Values[metrics.ValLoss] += change(r)
	}
	return runs
}

// noise is small, differs by seed and rank, and alternates in sign.
func noise(r *results.Run) float64 {
	return 1e-3 * float64((int(r.Seed)*7+r.Rank*3+int(2*r.Powers.P))%5-2)
}

func TestVerdictsOfComparisons(t *testing.T) {
	const name = "rank 8: rsLoRA vs LoRA"
	isOne := func(r *results.Run) bool { return r.Scheme == "rslora" && r.Rank == 8 }
	by := func(d float64) func(*results.Run) float64 {
		return func(r *results.Run) float64 {
			if isOne(r) {
				return d + noise(r)
			}
			return noise(r)
		}
	}
	from := func(begin float64) []results.Run {
		runs := losing(10, by(0))
		for i := range runs {
			runs[i].Curve[0].Values[metrics.ValLoss] = begin
		}
		return runs
	}
	for _, test := range []struct {
		name    string
		runs    []results.Run
		verdict string
		note    string // among the notes
	}{
		{"lower", losing(10, by(-0.2)), "lower", "two things differ: the scheme, and the size of gamma, which is 8 " +
			"and 4 already at rank 4; match_rank: 4"},
		{"higher", losing(10, by(0.2)), "higher", "at one learning rate, 5e-5: "},
		{"lower, yet it does not matter", losing(10, by(-0.01)), "lower, within the margin", ""},
		{"equivalent", losing(10, by(0)), "equivalent", ""},
		{"less than a tenth of what was learned is too little to tell", from(2.005), "not separated", ""},
		{"nothing learned", from(1.9), "not separated", ""},
		{"too noisy", losing(10, func(r *results.Run) float64 {
			if isOne(r) {
				return 0.5 - float64(r.Seed%2)
			}
			return noise(r)
		}), "not separated", ""},
		{"three seeds of one sign", losing(3, by(-0.2)), "lower",
			"n = 3: interval and p assume a normal distribution, which so few pairs cannot confirm"},
		{"one of two tests", losing(5, func(r *results.Run) float64 {
			if isOne(r) {
				return []float64{-0.7, -0.2, -0.3, -0.1, -0.2}[r.Seed] // -0.3 ± 0.29
			}
			return noise(r)
		}), "not separated", "as the only test it would be lower (p = 0.045), but it is one of 2 tests"},
		{"one seed", losing(1, by(-0.2)), "not separated", "n = 1: no interval and no test"},
		{"no difference at all", losing(3, func(*results.Run) float64 { return 0 }), "same function", ""},
		{"two optimizers", func() []results.Run {
			runs := losing(10, by(-0.2))
			for i := range runs {
				if runs[i].Scheme == "rslora" {
					runs[i].Optimizer = "sgd"
				}
			}
			return runs
		}(), "refused", "not compared: two optimizers, sgd and adamw"},
		{"all diverged", func() []results.Run {
			runs := losing(3, by(-0.2))
			for i := range runs {
				if isOne(&runs[i]) {
					diverge(&runs[i], 2)
				}
			}
			return runs
		}(), "diverged", ""},
		{"one diverged", func() []results.Run {
			runs := losing(10, by(-0.2))
			i := slices.IndexFunc(runs, func(r results.Run) bool { return isOne(&r) })
			diverge(&runs[i], 2)
			return runs
		}(), "lower", "only seeds that diverged in neither setting are compared: a sample of survivors"},
		{"all failed", func() []results.Run {
			runs := losing(2, by(-0.2))
			for i := range runs {
				if isOne(&runs[i]) {
					runs[i].Status = results.Failed
				}
			}
			return runs
		}(), "no pair", "2 runs failed"},
	} {
		rows, _ := comparisonRows(t, view(test.runs))
		if row := rows[name]; row["verdict"] != test.verdict || !strings.Contains(row["notes"], test.note) {
			t.Errorf("%s: verdict %q, notes %q; want %q, %q\n%v", test.name, row["verdict"], row["notes"],
				test.verdict, test.note, row)
		}
	}
}

// There are sign flips beside t if some row has enough pairs.
func TestFlipsStandBesideT(t *testing.T) {
	for seeds, want := range map[int]string{5: "", stats.FlipPairs: "0.031"} {
		rows, _ := comparisonRows(t, view(losing(seeds,
			func(r *results.Run) float64 { return noise(r) - 0.1*float64(r.Rank) })))
		row := rows["LoRA: rank 8 vs rank 4"]
		if _, ok := row["sign-flip p"]; ok != (want != "") || row["sign-flip p"] != want || row["verdict"] != "lower" {
			t.Errorf("%d seeds: %v", seeds, row)
		}
	}
}

// Diverged runs are counted in the row of each comparison that they belong to.
func TestComparisonsCountDivergedRuns(t *testing.T) {
	runs := losing(3, noise)
	diverge(&runs[0], 2) // LoRA, rank 4
	rows, _ := comparisonRows(t, view(runs))
	for name, want := range map[string]string{
		"rank 4: rsLoRA vs LoRA": "0/3, 1/3", "rank 8: rsLoRA vs LoRA": "0/3, 0/3",
		"LoRA: rank 8 vs rank 4": "0/3, 1/3", "rsLoRA: rank 8 vs rank 4": "0/3, 0/3",
	} {
		if rows[name]["diverged"] != want {
			t.Errorf("%s: diverged %q, want %s", name, rows[name]["diverged"], want)
		}
	}
}

// Cells with different learning rates, models, numerics versions or trainers are not compared with
// each other, but cells of one rate are.
func TestComparisonsStayInTheirGroups(t *testing.T) {
	runs := fake{
		schemes: []string{"lora", "rslora"}, ranks: []int{4, 8}, seeds: 2, steps: 4, rates: []float64{1e-5, 1e-4},
	}.runs()
	if _, names := comparisonRows(t, view(runs)); len(names) != 12 {
		t.Errorf("two rates: %d comparisons, want 8 at one rate and 4 of the rates: %q", len(names), names)
	}
	for i := range runs {
		if runs[i].Rank == 8 {
			runs[i].Provenance.Numerics = 2
		}
	}
	_, names := comparisonRows(t, view(runs))
	if len(names) != 8 || slices.ContainsFunc(names, func(s string) bool { return strings.Contains(s, ": rank ") }) {
		t.Errorf("ranks of two numerics versions: %q, want schemes and learning rates alone", names)
	}
	runs = sweep()
	for i, r := range runs {
		trainer := map[string]string{"lora": "local", "rslora": "peft"}[r.Scheme]
		runs[i].Axes = append(r.Axes, grid.Coordinate{Name: "trainer", Value: trainer})
	}
	if _, names := comparisonRows(t, view(runs)); slices.ContainsFunc(names, func(s string) bool {
		return strings.Contains(s, ": rsLoRA vs LoRA")
	}) {
		t.Errorf("schemes of two trainers are compared: %q", names)
	}
}

// The reference is the first scheme of the grid, in whichever order runs are sorted.
func TestFirstSchemeOfTheGridIsTheReference(t *testing.T) {
	rows := analysis.Rows(losing(2, noise))
	for i := range rows {
		rows[i].Setting.Place = len(rows) - i
	}
	_, names := comparisonRows(t, NewView(rows, nil, results.Coverage{}))
	if !slices.Contains(names, "rank 4: LoRA vs rsLoRA") {
		t.Errorf("got %q, want LoRA against rsLoRA", names)
	}
}

// A setting that a condition of the experiment changes with the scheme is warned of.
func TestTwoThingsDiffer(t *testing.T) {
	runs := losing(2, noise)
	for i := range runs {
		r := &runs[i]
		eps := 1e-8
		if r.Scheme == "rslora" {
			eps, r.LR = 1e-12, 1e-3
			r.Axes = slices.DeleteFunc(r.Axes, func(a grid.Coordinate) bool { return a.Name == "lr" })
		}
		r.Config = fmt.Appendf(nil, `{"adapter": {"rank": %d, "scaling": %q, "alpha": 16}, `+
			`"train": {"lr": %g, "eps": %g}, "seed": %d}`, r.Rank, r.Scheme, r.LR, eps, r.Seed)
	}
	rows, names := comparisonRows(t, view(runs))
	notes := rows["rank 8: rsLoRA vs LoRA"]["notes"]
	if !strings.Contains(notes, "two things differ: the scheme, and eps and lr") ||
		strings.Contains(notes, "at one learning rate") {
		t.Errorf("notes %q of %q", notes, names)
	}
	if notes := rows["rsLoRA: rank 8 vs rank 4"]["notes"]; strings.Contains(notes, "two things differ") {
		t.Errorf("ranks of one scheme: notes %q", notes)
	}
}

// Matched at rank 4, rsLoRA has LoRA's gamma there: only the scheme differs.
func TestMatchedArmsDifferInSchemeAlone(t *testing.T) {
	runs := losing(2, noise)
	for i := range runs {
		if r := &runs[i]; r.Scheme == "rslora" {
			r.Scheme, r.Alpha, r.Gamma = "rslora@4", r.Alpha/2, r.Gamma/2
		}
	}
	rows, names := comparisonRows(t, view(runs))
	row, ok := rows["rank 8: rsLoRA matched at rank 4 vs LoRA"]
	if !ok || strings.Contains(row["notes"], "two things differ") {
		t.Errorf("notes %q of %q", row["notes"], names)
	}
}

// A tuned rate is not one rate for all, and a rate at the edge is marked.
func TestTunedComparisons(t *testing.T) {
	runs := losing(2, noise)
	var planned []grid.Planned
	for i := range runs {
		r := &runs[i]
		planned = append(planned, grid.Planned{ID: r.ID, Axes: r.Axes})
	}
	var trials []results.Run
	asked := grid.Grid{Runs: planned, Nuisance: []string{"lr"}}
	for i, rate := range []string{"5e-05", "0.0005"} {
		r := losing(1, noise)[0]
		r.ID, r.Seed = rate, 100
		r.Curve[len(r.Curve)-1].Values[metrics.ValLoss] += float64(i)
		r.Axes = []grid.Coordinate{
			{Name: "rank", Value: "4"}, {Name: "scaling", Value: "lora"}, {Name: "lr", Value: rate},
			{Name: "seed", Value: "100"},
		}
		asked.Tuning = append(asked.Tuning, grid.Planned{ID: r.ID, Axes: r.Axes})
		trials = append(trials, r)
	}
	in, choices, _ := analysis.Split(asked, append(runs, trials...))
	rows, _ := comparisonRows(t, NewView(in, choices, results.Coverage{}))
	const edge = "the best lr lies at the edge"
	for name, flagged := range map[string]bool{
		"rank 4: rsLoRA vs LoRA": true, "rank 8: rsLoRA vs LoRA": false,
		"LoRA: rank 8 vs rank 4": true, "rsLoRA: rank 8 vs rank 4": false,
	} {
		notes := rows[name]["notes"]
		if strings.Contains(notes, edge) != flagged || strings.Contains(notes, "at one learning rate") {
			t.Errorf("%s: notes %q, edge flagged should be %t", name, notes, flagged)
		}
	}
}
