package recompute

import (
	"math"
	"slices"
	"strconv"
	"testing"
)

// sylvester is the matrix of signs of size n, a power of two: each step sets four of the last
// side by side, the last with its signs turned.
func sylvester(n int) [][]bool {
	if n == 1 {
		return [][]bool{{true}}
	}
	var upper, lower [][]bool
	for _, row := range sylvester(n / 2) {
		turned := slices.Clone(row)
		for i := range turned {
			turned[i] = !turned[i]
		}
		upper, lower = append(upper, slices.Concat(row, row)), append(lower, slices.Concat(row, turned))
	}
	return append(upper, lower...)
}

// halfError is the standard error that the choice of n units gives a statistic: the root of its
// mean squared distance, over halves, from its value for all units. Halves are the plus signs and
// the minus signs of the rows of Sylvester's matrix, but the first, repeated up to n.
func halfError(n int, of func(in []bool) float64) float64 {
	if n < 2 {
		return nan
	}
	size := 1
	for 2*size <= n {
		size *= 2
	}
	part := func(row []bool, sign bool) (in []bool) {
		for i := range n {
			in = append(in, row[i%size] == sign)
		}
		return in
	}
	rows := sylvester(size)
	all, sum := of(part(rows[0], true)), 0.0
	for _, row := range rows[1:] {
		for _, sign := range []bool{true, false} {
			sum += math.Pow(of(part(row, sign))-all, 2)
		}
	}
	return math.Sqrt(sum / float64(2*(size-1)))
}

// batches counts the validation batches that all done runs share; 0 if they do not.
func (g rates) batches() int {
	var scored []float64
	first := true
	for _, c := range cellsOf(g) {
		for _, r := range c.runs {
			if !r.done() {
				continue
			}
			if first {
				scored, first = tokensOf(r), false
			}
			if r.grid != nil || !slices.Equal(tokensOf(r), scored) {
				return 0
			}
		}
	}
	return len(scored)
}

// on is the same runs with losses of some batches. Runs that diverged, or ended above where
// they began, by the whole validation set still do: their loss before training is made infinite,
// up or down.
func (g rates) on(in []bool) (some rates) {
	for _, a := range g {
		b := &arm{run: a.run, axes: a.axes, scheme: a.scheme}
		for _, c := range a.cells {
			d := &cell{of: b, lr: c.lr}
			for _, r := range c.runs {
				d.runs = append(d.runs, r.on(in))
			}
			d.run = d.runs[0]
			b.cells = append(b.cells, d)
		}
		some = append(some, b)
	}
	return some
}

func (r *run) on(in []bool) *run {
	if !r.done() {
		return r
	}
	nats, tokens := 0.0, 0.0
	for i, b := range r.batches {
		if in[i] {
			nats, tokens = nats+b.nats, tokens+b.scored
		}
	}
	onset := math.Inf(1)
	if math.IsInf(trial(r), 1) {
		onset = math.Inf(-1)
	}
	o := *r
	o.row = slices.Clone(r.row)
	o.row[r.columns["val_loss"]] = strconv.FormatFloat(nats/tokens, 'g', -1, 64)
	o.row[r.columns["val_loss_onset"]] = strconv.FormatFloat(onset, 'g', -1, 64)
	return &o
}

// known keeps errors from validation by what they are of, since altered pages ask again and again.
var known = make(map[string]float64)

func (g rates) errorOf(what string, of func(rates) float64) float64 {
	key := what + " of " + g[0].text("run")
	v, ok := known[key]
	if !ok {
		v = halfError(g.batches(), func(in []bool) float64 { return of(g.on(in)) })
		known[key] = v
	}
	return v
}

// powerError, bendError and regretError are what the choice of the validation examples adds to
// the error of a mean over seeds.
func (g rates) powerError() float64 {
	return g.errorOf("power", func(g rates) float64 { return g.power().mean })
}

func (g rates) bendError() float64 {
	return g.errorOf("bend", func(g rates) float64 { return g.bends().mean })
}

func (g rates) regretError(power float64) float64 {
	return g.errorOf("regret", func(g rates) float64 { return g.transfer(power, margin).percent.mean })
}

// A mean of eight values has the usual error.
func TestHalfError(t *testing.T) {
	values := []float64{3, 1, 4, 1, 5, 9, 2, 6}
	got := halfError(len(values), func(in []bool) float64 {
		var some []float64
		for i, v := range values {
			if in[i] {
				some = append(some, v)
			}
		}
		return mean(some).mean
	})
	close(t, "error", got, mean(values).se)
	if v := halfError(1, func([]bool) float64 { return 1 }); !math.IsNaN(v) {
		t.Errorf("one unit: %g", v)
	}
}
