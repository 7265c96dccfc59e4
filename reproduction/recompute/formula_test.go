package recompute

import (
	"math"
	"testing"
)

func close(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-9*math.Max(1, math.Abs(want))) {
		t.Errorf("%s is %.12g, want %.12g", what, got, want)
	}
}

// Student's t with two degrees of freedom is in closed form: its cumulative distribution
// is 1/2 + x/(2√(2 + x²)), and the 0.975 quantile 0.95 √(2/(1 − 0.95²)).
func TestIntervals(t *testing.T) {
	quantile := 0.95 * math.Sqrt(2/(1-0.95*0.95))
	i := mean([]float64{1, nan, 2, 3})
	close(t, "mean", i.mean, 2)
	close(t, "half", i.half(), quantile/math.Sqrt(3))
	x := 2 * math.Sqrt(3)
	close(t, "p", i.p(0), 1-x/math.Sqrt(2+x*x))
	close(t, "one-sided p", i.above(0), (1-x/math.Sqrt(2+x*x))/2)
	close(t, "one-sided p, from below", i.above(4), 1-i.p(4)/2)
	w := widened(i, 1)
	close(t, "with an error of all", w.se, math.Sqrt(1./3+1))
	for k, p := range holm([]float64{0.01, nan, 0.04, 0.03}) {
		if want := []float64{0.03, nan, 0.06, 0.06}[k]; !same(p, want) {
			t.Errorf("Holm's p %d is %g, want %g", k, p, want)
		}
	}
	close(t, "flips of one sign", flips([]float64{1, 2, 3, 4, 5, 6}), 2./64)
	close(t, "flips about 0", flips([]float64{1, -1, 1, -1, 1, -1}), 1)
}

func TestPowers(t *testing.T) {
	var all []observed
	for _, rank := range []int{4, 16, 64} {
		r := float64(rank)
		all = append(all, observed{rank, 1, 3 * math.Pow(r, 0.4)}, observed{rank, 2, math.Pow(r, 0.6)})
	}
	all = append(all, observed{4, 3, 1}, observed{16, 3, nan}) // one rank alone
	p := fit(all)
	close(t, "power", p.mean, 0.5)
	close(t, "standard error", p.se, 0.1)
	if p.runs != 6 || p.n != 2 || p.excluded != 2 {
		t.Errorf("%d runs, %d seeds, %d left out", p.runs, p.n, p.excluded)
	}
	x := []float64{1, 2, 4, 8}
	close(t, "bend", bend(x, []float64{6, 11, 27, 83}), 1) // y = 3 + 2x + x²
	close(t, "rest", meanSquare(left(x, []float64{3, 5, 9, 17})), 0)
}

func TestLowestPoint(t *testing.T) {
	rates, losses := []float64{1e-3, 2e-3, 3e-3, 8e-3}, []float64(nil)
	for _, r := range rates {
		losses = append(losses, 2+0.5*math.Pow(math.Log(r/2.5e-3), 2))
	}
	o := lowest(rates, losses)
	close(t, "rate", o.rate, 2.5e-3)
	close(t, "loss", o.loss, 2)
	for k := range losses {
		losses[k] = math.Inf(1)
	}
	if o := lowest(rates, losses); !math.IsNaN(o.rate) {
		t.Error("a lowest point of none")
	}
	losses[1], losses[2], losses[3] = 2, 3, 4
	if o := lowest(rates, losses); o.edge || o.rate != 2e-3 || o.loss != 2 {
		t.Errorf("beside a wall: %+v", o)
	}
	losses[0] = 1
	if o := lowest(rates, losses); !o.edge || o.rate != 1e-3 {
		t.Errorf("at an edge: %+v", o)
	}
}

func rowOf(columns map[string]int, cells ...string) *run { return &run{columns: columns, row: cells} }

// Two batches of 1 and 3 tokens, and mean differences of 1 and 1 nats: R = 2/4, and the
// residuals 1/2 and −1/2, so that the error is √(2/1·(1/4 + 1/4))/4.
func TestValidationError(t *testing.T) {
	columns := map[string]int{"seed": 0, "status": 1}
	a, b := rowOf(columns, "1", "done"), rowOf(columns, "1", "done")
	a.batches, b.batches = []batch{{1, 5}, {3, 7}}, []batch{{1, 4}, {3, 6}}
	close(t, "error", validationError([]*run{a}, []*run{b}), 0.25)
	b.batches = []batch{{1, 4}, {2, 6}}
	if !math.IsNaN(validationError([]*run{a}, []*run{b})) {
		t.Error("batches of other sizes")
	}
}

// Means of differences and margins are 2 and 1/2, and the standard error of either is 1/√3.
func TestMargins(t *testing.T) {
	below := func(x float64) float64 { x *= math.Sqrt(3); return (1 - x/math.Sqrt(2+x*x)) / 2 }
	d := &comparison{ds: []float64{1, 2, 3},
		margins: []float64{0.5, 0.5, 0.5}, diff: mean([]float64{1, 2, 3}), shared: nan}
	within, outside := d.within()
	close(t, "within", within, 1-below(1.5))
	close(t, "outside", outside, below(1.5))
	d.same = true
	if within, outside = d.within(); !math.IsNaN(within) || !math.IsNaN(outside) {
		t.Error("what learns one function has a margin")
	}
}

func TestMisprints(t *testing.T) {
	power := interval{mean: -0.5021, low: -0.5178, high: -0.48599}
	for _, c := range []struct {
		printed string
		want    say
		unit    float64
		right   bool
	}{
		{"-0.502 [-0.518, -0.486]", bracketed(power, 3), 1, true},
		{"-0.503 [-0.518, -0.486]", bracketed(power, 3), 1, false},
		{"-0.50 [-0.518, -0.486]", bracketed(power, 3), 1, false},
		{"1230", phrase("#", sig(1234, 3)), 1, true},
		{"1240", phrase("#", sig(1234, 3)), 1, false},
		{"5e-5", phrase("#", plain(5e-5)), 1, true},
		{"0.05", phrase("#", sig(0.0547, 2)), 1, false},
		{"1.2 ± 0.3", columned(interval{mean: 1.2e-3, low: 0.9e-3, high: 1.5e-3, n: 3}), 1e-3, true},
		{"4 of 5 ranks", phrase("# of # ranks", count(4), count(5)), 1, true},
		{"4 of 5 ranks.", phrase("# of # ranks", count(4), count(5)), 1, false},
		{"", phrase("#", count(4)), 1, false},
		{"NaN", phrase("#", like(nan)), 1, false},
		{"", one(like(nan)), 1, true},
	} {
		if text := c.want.misprint(c.printed, c.unit); (text == "") != c.right {
			t.Errorf("%q: %v, %s", c.printed, c.right, text)
		}
	}
}
