package recompute

import (
	"cmp"
	"math"
	"slices"
)

// observed is a value at a rank and seed.
type observed struct {
	rank, seed int
	value      float64
}

// power is a fitted power of rank, with what theory says of it.
type power struct {
	interval        // of the slopes, one a seed
	runs, excluded  int
	predicted, rise float64 // NaN where theory says nothing
	exact           float64 // the same fit through exact expectations; NaN where there are none
}

// fitted reports whether there is a fit.
func (p power) fitted() bool { return p.n > 0 }

// fit is the mean over seeds of the slope of log value on log rank. A seed needs values
// at two ranks.
func fit(all []observed) power {
	bySeed, seeds := make(map[int][]observed), []int(nil)
	for _, o := range all {
		if !hasLog(o.value) {
			continue
		}
		if bySeed[o.seed] == nil {
			seeds = append(seeds, o.seed)
		}
		bySeed[o.seed] = append(bySeed[o.seed], o)
	}
	slices.Sort(seeds)
	p := power{predicted: nan, exact: nan}
	var slopes []float64
	for _, seed := range seeds {
		var x, y []float64
		for _, o := range bySeed[seed] {
			x, y = append(x, math.Log(float64(o.rank))), append(y, math.Log(o.value))
		}
		if slices.Min(x) < slices.Max(x) {
			_, slope := line(x, y)
			slopes, p.runs = append(slopes, slope), p.runs+len(x)
		}
	}
	p.interval, p.excluded = mean(slopes), len(all)-p.runs
	return p
}

// observations are a value of each of the arm's runs.
func (a *arm) observations(of func(*run) float64) (all []observed) {
	for _, c := range a.cells {
		for _, r := range c.runs {
			all = append(all, observed{r.rank(), r.seed(), of(r)})
		}
	}
	return all
}

func (a *arm) values(statistic string) []observed {
	return a.observations(func(r *run) float64 { return r.value(statistic) })
}

// power fits a statistic of the arm, beside theory.
func (a *arm) power(statistic string) power {
	p := fit(a.values(statistic))
	p.exact = a.exactPower(statistic)
	always, updated := a.beyond()
	if always == "" && (updated == "" || atOnset(statistic)) {
		p.predicted, p.rise = a.scheme.power(statistic, a.text("optimizer")), rise(statistic)
	}
	return p
}

// exactPower is the power through what is expected of these very runs; NaN where one has
// no expectation. The fit is of logarithms, whose mean lies below the logarithm of the
// mean by half of the relative variance over draws; of roots, by half of that.
func (a *arm) exactPower(statistic string) float64 {
	below := make(map[int]float64)
	for _, c := range a.cells {
		over := c.overExpected(statistic)
		if over.n < 3 || isRatio(statistic) {
			continue
		}
		variance := over.se * over.se * float64(over.n)
		if below[c.rank()] = variance / 2; !isMean(statistic) {
			below[c.rank()] = variance / 4
		}
	}
	var expected []observed
	for _, o := range a.observations(func(r *run) float64 { return r.expected(statistic) }) {
		if math.IsNaN(o.value) {
			return nan
		}
		o.value *= math.Exp(-below[o.rank])
		expected = append(expected, o)
	}
	return fit(expected).mean
}

// beyond says why theory predicts nothing of the arm, or nothing once it was updated.
func (a *arm) beyond() (always, updated string) {
	depends := a.depending()
	for _, c := range a.cells {
		switch {
		case c.rank() == 0:
			always = "there is no rank"
		case a.scheme.log:
			always = "log r is no power of rank"
		case c.num("alpha") != a.cells[0].num("alpha"):
			always = "alpha depends on rank"
		case depends != "":
			updated = depends
		}
		for _, r := range c.runs {
			updated = cmp.Or(updated, r.text("beyond_theory"))
		}
	}
	return always, updated
}

// depending says which moving axes have more than one value in the arm.
func (a *arm) depending() string {
	text := ""
	for _, name := range a.moving {
		differs := false
		for _, c := range a.cells {
			value, first := c.axis(name), a.cells[0].axis(name)
			if c.grid != nil && c.grid.axis == name {
				differs = differs || len(a.cells) > 1 // geometric means, which are never quite the same
			} else {
				differs = differs || value != first
			}
		}
		switch {
		case differs && text == "":
			text = name
		case differs:
			text += " and " + name
		}
	}
	if text == "" {
		return ""
	}
	return text + " depends on rank"
}

// theory is what theory says of these very runs: the exact power, or a range.
func (p power) theory() (low, high float64) {
	if !math.IsNaN(p.exact) {
		return p.exact, p.exact
	}
	return p.predicted + math.Min(0, p.rise), p.predicted + math.Max(0, p.rise)
}

// off is how far the power lies from theory's, below 0 inside a range.
func (p power) off() float64 {
	low, high := p.theory()
	return math.Max(low-p.mean, p.mean-high)
}

// p is that of the power being theory's.
func (p power) p() float64 { return twoSided(math.Max(0, p.off()), p.se, p.n) }

// agreement is the verdict on the power beside theory's.
func (p power) agreement(tolerance float64) string {
	low, high := p.theory()
	switch {
	case !p.fitted():
		return "no fit"
	case math.IsNaN(low):
		return "no prediction"
	case math.IsNaN(p.low):
		return "no interval"
	case p.interval.low > high || p.interval.high < low:
		return "differs"
	case p.within(tolerance):
		return "agrees"
	}
	return "consistent, not resolved"
}

// within reports whether the whole interval lies so near to theory's.
func (p power) within(tolerance float64) bool {
	low, high := p.theory()
	return p.interval.low >= low-tolerance && p.interval.high <= high+tolerance
}

// judged reports whether there is an interval and a prediction.
func (p power) judged() bool {
	switch p.agreement(near) {
	case "no fit", "no prediction", "no interval":
		return false
	}
	return true
}

// say is the power with its interval.
func (p power) say() say {
	if !p.fitted() {
		return say{}
	}
	return bracketed(p.mean, p.interval.low, p.interval.high, 3)
}

// variancePower is the power of rank of the variance over seeds of squares over their
// expectation, of seeds that have one at every rank: Student's interval of the
// jackknife's pseudo-values.
func (a *arm) variancePower(statistic string) interval {
	var seeds []int
	for _, r := range a.cells[0].runs {
		seeds = append(seeds, r.seed())
	}
	var rows [][]float64
	for _, seed := range seeds {
		if row := a.ofSeed(seed, statistic); len(row) == len(a.cells) {
			rows = append(rows, row)
		}
	}
	if len(rows) < 3 || len(a.cells) < 2 {
		return mean(nil)
	}
	all, pseudo := a.varianceSlope(rows), []float64(nil)
	for i := range rows {
		rest := slices.Concat(rows[:i], rows[i+1:])
		n := float64(len(rows))
		pseudo = append(pseudo, n*all-(n-1)*a.varianceSlope(rest))
	}
	return mean(pseudo)
}

// ofSeed are the values of a seed at each rank that has one.
func (a *arm) ofSeed(seed int, statistic string) (row []float64) {
	for _, c := range a.cells {
		for _, r := range c.runs {
			if v := r.overExpected(statistic); r.seed() == seed && !math.IsNaN(v) {
				row = append(row, v)
			}
		}
	}
	return row
}

func (a *arm) varianceSlope(rows [][]float64) float64 {
	var x, y []float64
	for i, c := range a.cells {
		n, sum, squares := float64(len(rows)), 0.0, 0.0
		for _, row := range rows {
			sum += row[i]
		}
		for _, row := range rows {
			squares += (row[i] - sum/n) * (row[i] - sum/n)
		}
		x, y = append(x, math.Log(float64(c.rank()))), append(y, math.Log(squares/(n-1)))
	}
	_, slope := line(x, y)
	return slope
}
