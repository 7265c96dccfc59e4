package paper

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ranksweep/analysis"
	"ranksweep/metrics"
	"ranksweep/results"
)

// foundCases are sweeps that a summary in sentences must describe rightly.
func foundCases() []struct {
	name    string
	runs    []results.Run
	missing int
	newer   int
	tuned   []string // axes
} {
	with := func(change func(*fake)) []results.Run {
		f := fake{schemes: []string{"lora", "rslora"}, ranks: []int{4, 32, 512}, seeds: 6, steps: 20}
		change(&f)
		runs := f.runs()
		rng := rand.New(rand.NewPCG(1, 1)) // so that the same seed does not have the same noise under both schemes
		for i := range runs {
			last := &runs[i].Curve[f.steps].Values
			last[metrics.ValLoss] += 0.004 * rng.NormFloat64()
		}
		return runs
	}
	whole := func(*fake) {}
	each := func(change func(i int, r *results.Run)) []results.Run {
		runs := with(whole)
		for i := range runs {
			change(i, &runs[i])
		}
		return runs
	}
	return []struct {
		name    string
		runs    []results.Run
		missing int
		newer   int
		tuned   []string
	}{
		{"decided", with(whole), 0, 0, nil},
		{"undecided", each(func(i int, r *results.Run) {
			r.Curve[20].Values[metrics.ValLoss] += 0.3 * math.Sin(float64(i*i))
			r.Curve[0].Values[metrics.GradNorm] *= math.Exp(2 * math.Sin(float64(i*i)))
		}), 0, 0, nil},
		{"one seed", with(func(f *fake) { f.seeds = 1 }), 0, 0, nil},
		{"tuned", with(whole), 0, 0, []string{"lr"}},
		{"some runs diverged", each(func(i int, r *results.Run) {
			if i%5 == 0 {
				diverge(r, 5)
			}
		}), 0, 0, nil},
		{"all runs of a scheme diverged", each(func(_ int, r *results.Run) {
			if r.Scheme == "rslora" {
				diverge(r, 5)
			}
		}), 0, 0, nil},
		{"all runs diverged", each(func(_ int, r *results.Run) { diverge(r, 5) }), 0, 0, nil},
		{"two runs missing", with(whole)[2:], 2, 0, nil},
		{"two runs of a newer program", with(whole)[2:], 0, 2, nil},
		{"interrupted: the largest ranks first", with(whole)[12:18], 30, 0, nil},
		{"no comparison", with(func(f *fake) { f.schemes, f.ranks = []string{"lora"}, []int{8} }), 0, 0, nil},
		{"one function written twice", each(func(_ int, r *results.Run) {
			r.TwinID = fmt.Sprint(r.Rank)
		}), 0, 0, nil},
		{"rates as an axis", with(func(f *fake) { f.rates = []float64{1e-4, 2e-4} }), 0, 0, nil},
		{"training loss alone", with(func(f *fake) { f.noVal = true }), 0, 0, nil},
	}
}

func TestFound(t *testing.T) {
	var got strings.Builder
	for _, c := range foundCases() {
		rows := analysis.Rows(c.runs)
		for i := range rows {
			rows[i].Setting.Nuisance = c.tuned
		}
		all, n := len(c.runs)+c.missing+c.newer, len(c.runs)
		text, err := Found(NewView(rows, nil, results.Coverage{Planned: all, There: n, Newer: c.newer}))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		fmt.Fprintf(&got, "== %s\n%s\n", c.name, text)
	}
	path := filepath.Join("testdata", "found.txt")
	if *update {
		if err := os.WriteFile(path, []byte(got.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: go test -update writes it", err)
	}
	if got.String() != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", path, got.String(), want)
	}
	if _, err := Found(View{}); !errors.Is(err, errNoRuns) {
		t.Errorf("of no runs: %v, want %v", err, errNoRuns)
	}
}

// A summary of any runs at all is text without NaN or Inf.
func TestFoundOfDegenerateRuns(t *testing.T) {
	for name, runs := range degenerate() {
		text, err := Found(view(runs))
		if err != nil || strings.TrimSpace(text) == "" || strings.Contains(text, "NaN") ||
			strings.Contains(text, "Inf") {
			t.Errorf("%s: %q (%v)", name, text, err)
		}
	}
}

// Of many arms, what their onset gradient norms do is counted.
func TestManyOnsetsAreCounted(t *testing.T) {
	v := view(fake{
		schemes: []string{"lora", "rslora"}, ranks: []int{4, 64}, seeds: 3, steps: 2,
		rates: []float64{1e-5, 3e-5, 1e-4, 3e-4},
	}.runs())
	const want = "Of 8 arms, the onset gradient norm falls with rank in 4, shows no clear power of rank in 4."
	if got := onsetFound(v); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
