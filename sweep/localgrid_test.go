package sweep

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ranksweep/metrics"
	"ranksweep/results"
)

// localBowls is an experiment whose best rates are 1/3 and 1e-4, and whose local
// grids lie around 1 and 1e-4: the first of them go on.
const localBowls = `
name: bowls
data: a
train: {steps: 3}
grid: {rank: [3, 10000], seed: [0, 1]}
nuisance: {lr: [1e-3, 1e-2]}
tune: {seed: [5, 6], extend: 2, local: 3}
`

func TestLocalErrors(t *testing.T) {
	const bound = ": must be an odd number from 3 to 9, of values in each local grid, or 0 for none"
	for local, want := range map[string]string{
		"1": "local 1" + bound, "4": "local 4" + bound, "11": "local 11" + bound, "-3": "local -3" + bound,
		"3.0": "local 3.0" + bound, "many": `local "many"` + bound, "[3]": "local [...]" + bound,
	} {
		text := "name: x\ndata: a\ngrid: {rank: 4}\nnuisance: {lr: [1, 2]}\ntune: {seed: 1, local: " + local + "}\n"
		if _, err := decode("x.yaml", []byte(text)); err == nil || err.Error() != "sweep: x.yaml:5: "+want {
			t.Errorf("local %s: got  %v\nwant %s", local, err, want)
		}
	}
	for _, c := range []struct{ name, text, want string }{
		{"two axes", "nuisance: {lr: [1, 2], eps: [1e-8, 1e-6]}",
			"there are 2 nuisance axes, and local grids lie along one: keep one of them, such as lr"},
		{"a word", "nuisance: {schedule: [linear, cosine]}",
			"nuisance axis schedule is no real number of train, such as lr: tune such a one"},
		{"a whole number", "nuisance: {warmup: [1, 2]}",
			"nuisance axis warmup is no real number of train, such as lr: tune such a one"},
		{"not of train", "nuisance: {alpha: [8, 16]}",
			"nuisance axis alpha is no real number of train, such as lr: tune such a one"},
		{"zero", "nuisance: {weight_decay: [0.1, 0]}",
			"nuisance axis weight_decay has the value 0, from which no ratio leads on: give it values above 0"},
		{"a condition", "nuisance: {lr: [1, 2]}\nwhen: [{if: {lr: 2}, set: {clip: 1}}]",
			"when depends on lr, of which local grids have other values than it names: make it depend on another field"},
	} {
		e := read(t, "name: x\ndata: a\ngrid: {rank: 4}\ntune: {seed: 1, local: 5}\n"+c.text)
		_, err := NewPlan(e, bowl{})
		if want := "sweep: x: tune has local: 5, and " + c.want + ", or leave local out"; err == nil || err.Error() != want {
			t.Errorf("%s: got  %v\nwant %s", c.name, err, want)
		}
	}
}

func TestLocalValues(t *testing.T) {
	for _, c := range []struct {
		name   string
		chosen float64
		powers [2]int // the first and the last
		want   string
	}{
		{"lr", 1e-3, [2]int{-4, 4}, "0.00025 0.000354 0.0005 0.000707 0.001 0.00141 0.002 0.00283 0.004"},
		{"lr", 0.0123456, [2]int{-1, 1}, "0.00873 0.0123456 0.0175"}, // the chosen one is trained already
		{"lr", 9e5, [2]int{-1, 1}, "636000 900000"},                  // out of bounds
		{"eps", 0.8, [2]int{-1, 1}, "0.566 0.8"},
		{"lr_a", 5e-324, [2]int{-4, -2}, ""}, // underflow: 0 is another setting
	} {
		var got []string
		for power := c.powers[0]; power <= c.powers[1]; power++ {
			if v, ok := localValue(c.name, c.chosen, power); ok {
				got = append(got, format(v))
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s around %g: %s, want %s", c.name, c.chosen, got, c.want)
		}
	}
}

// madeUp are results of a plan's runs: each ends with a loss, where it is no
// number diverged, where it is infinite failed.
func madeUp(p *Plan, loss func(c Config) float64) (runs []results.Run) {
	for _, j := range p.Jobs {
		r := results.Run{ID: j.ID, Seed: j.Config.Seed, Axes: j.Axes, Status: results.Done}
		v := metrics.NoValues()
		v[metrics.ValLoss] = loss(j.Config)
		switch {
		case math.IsNaN(v[metrics.ValLoss]):
			r.Status = results.Diverged
		case math.IsInf(v[metrics.ValLoss], 1):
			r.Status = results.Failed
		}
		r.Curve = []metrics.Point{{Step: 1, Values: v}}
		runs = append(runs, r)
	}
	return runs
}

// ratesOf are the rates of a plan's runs of one rank and seed, rising.
func ratesOf(p *Plan, rank int, seed uint64) string {
	var rates []float64
	for _, j := range p.Jobs {
		if j.Config.Adapter.Rank == rank && j.Config.Seed == seed {
			rates = append(rates, j.Config.Train.LR)
		}
	}
	slices.Sort(rates)
	return fmt.Sprint(rates)
}

// TestLocalPhases: which rates are trained in which phase. Tuning chooses 1e-3
// for ranks 4 and 8, and rank 8 stays there.
func TestLocalPhases(t *testing.T) {
	lowestAt := func(rate float64) func(Config) float64 {
		return func(c Config) float64 { return 1 + math.Pow(math.Log(c.Train.LR/rate), 2) }
	}
	spoilt := func(spoilt float64, seed uint64, as float64) func(Config) float64 {
		return func(c Config) float64 {
			if c.Train.LR == spoilt && c.Seed == seed {
				return as
			}
			return lowestAt(1)(c)
		}
	}
	const (
		first = "[0.000707 0.001 0.00141]"
		above = "[0.000707 0.001 0.00141 0.002]"
		below = "[0.0005 0.000707 0.001 0.00141]"
	)
	for _, c := range []struct {
		name   string
		loss   func(Config) float64 // of the seeds that are reported, at rank 4
		phases []string             // rates of each
	}{
		{"centre", lowestAt(1.1e-3), []string{first}},
		{"at the upper edge, once", lowestAt(1.6e-3), []string{first, above}},
		{"at the upper edge, as often as it goes on", lowestAt(1),
			[]string{first, above, "[0.000707 0.001 0.00141 0.002 0.00283]"}},
		{"at the lower edge", lowestAt(1e-5), []string{first, below, "[0.000354 0.0005 0.000707 0.001 0.00141]"}},
		{"a run at the edge diverged", spoilt(1.41e-3, 1, math.NaN()), []string{first}},
		{"one beyond it diverged", spoilt(2e-3, 0, math.NaN()), []string{first, above}},
		{"a run failed", spoilt(1e-3, 0, math.Inf(1)), []string{first}},
		{"by the mean over seeds", func(c Config) float64 { // 1.41e-3 is best of seed 0, and 1e-3 in the mean
			return lowestAt([]float64{1.3e-3, 0.8e-3}[c.Seed])(c)
		}, []string{first}},
	} {
		loss := func(conf Config) float64 {
			if conf.Adapter.Rank == 4 && conf.Seed < 2 {
				return c.loss(conf)
			}
			return lowestAt(1e-3)(conf)
		}
		e := read(t, `
name: local
data: a
grid: {rank: [4, 8], seed: [0, 1]}
nuisance: {lr: [1e-3, 1e-2]}
tune: {seed: 5, extend: 0, local: 3}
`)
		p, err := NewPlan(e, bowl{})
		check(t, err)
		if n := len(p.Follow); n != 3*4 || p.Grid().Len() != n+4 || !strings.Contains(p.Phase(), "of at least 12 lie") {
			t.Errorf("%s: %d runs follow, %q; want 12", c.name, n, p.Phase())
		}
		runs := madeUp(p, loss)
		var phases []string
		for i := 0; ; i++ {
			next, err := p.Next(runs, bowl{})
			check(t, err)
			again, err := p.Next(slices.Clone(runs), bowl{})
			check(t, err)
			if !reflect.DeepEqual(next, again) {
				t.Fatalf("%s: of the same results another phase follows", c.name)
			}
			if p = next; p == nil {
				break
			}
			if ratesOf(p, 4, 0) != ratesOf(p, 4, 1) || ratesOf(p, 8, 1) != first || ratesOf(p, 4, 5) != "[]" {
				t.Errorf("%s: phase %d has rank 4 at %s and %s, rank 8 at %s",
					c.name, i, ratesOf(p, 4, 0), ratesOf(p, 4, 1), ratesOf(p, 8, 1))
			}
			want := "local grids: 12 runs at 3 values of lr around the one chosen for each cell"
			if i > 0 {
				want = "local grids: 2 runs more, beyond the edges at which cells are best"
			}
			if p.Phase() != want || p.Tunes() || len(p.Grid().Tuning) != 4 || !p.Grid().Local {
				t.Errorf("%s: phase %d is %q with %d runs of tuning", c.name, i, p.Phase(), len(p.Grid().Tuning))
			}
			phases = append(phases, ratesOf(p, 4, 0))
			runs = append(runs, madeUp(p, loss)...)
		}
		if !slices.Equal(phases, c.phases) {
			t.Errorf("%s:\ngot  %q\nwant %q", c.name, phases, c.phases)
		}
	}
}

// Every run of a local grid is the plain run of its config.
func TestLocalRunsArePlainRuns(t *testing.T) {
	dir := t.TempDir()
	plans, err := sweepAll(context.Background(), read(t, localBowls), bowl{}, dir, 2, &silent{})
	check(t, err)
	last := plans[len(plans)-1]
	if got := ratesOf(last, 3, 1); got != "[0.25 0.354 0.5 0.707 1 1.41]" {
		t.Errorf("rank 3 has rates %s", got)
	}
	o := &silent{}
	_, err = sweepAll(context.Background(), read(t, `
name: plain
data: a
train: {steps: 3}
grid: {rank: 3, lr: [0.25, 0.354, 0.5, 0.707, 1, 1.41], seed: [0, 1]}
`), bowl{}, dir, 1, o)
	check(t, err)
	if o.trained != 0 || o.skipped != 12 {
		t.Errorf("a plain grid of the same: %d trained, %d there already, want 0 and 12", o.trained, o.skipped)
	}
}

// A value that exclude forbids is not gone on to, again and again.
func TestLocalGridEndsAtExclude(t *testing.T) {
	e := read(t, localBowls)
	e.Exclude = []Match{{{"lr", []any{0.5}}}}
	plans, err := sweepAll(context.Background(), e, bowl{}, t.TempDir(), 1, &silent{})
	check(t, err)
	if got := ratesOf(plans[len(plans)-1], 3, 0); got != "[0.707 1 1.41]" {
		t.Errorf("rank 3 has rates %s", got)
	}
}

// A store that lost runs of its tuning has nothing that local grids lie around.
func TestLocalGridsNeedTheirTuning(t *testing.T) {
	dir := t.TempDir()
	plans, err := sweepAll(context.Background(), read(t, localBowls), bowl{}, dir, 1, &silent{})
	check(t, err)
	p := plans[len(plans)-1]
	_, err = p.Next(madeUp(p, func(Config) float64 { return 1 }), bowl{})
	if err == nil || err.Error() != "sweep: bowls: runs of the tuning are missing or failed: nothing can be chosen" {
		t.Errorf("error %v", err)
	}
}
