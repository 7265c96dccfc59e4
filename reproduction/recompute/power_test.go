package recompute

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/stat"
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
	paired          *paired // nil where seeds are not paired
}

// paired is the difference, seed by seed, between the power and that of exact expectations.
type paired struct {
	interval
	rounding float64 // a difference up to this counts as none
}

// fitted reports whether there is a fit.
func (p power) fitted() bool { return p.n > 0 }

// fit is the mean over seeds of the slope of the log value against the log rank. A seed needs
// values at two ranks.
func fit(all []observed) power {
	there := slices.DeleteFunc(slices.Clone(all), func(o observed) bool { return !hasLog(o.value) })
	slices.SortStableFunc(there, func(a, b observed) int { return a.seed - b.seed })
	p := power{predicted: nan, exact: nan}
	var slopes []float64
	for _, of := range grouped(there, func(o observed) int { return o.seed }) {
		var x, y []float64
		for _, o := range of {
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

// observations has a value of each of the arm's runs.
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

// power fits a statistic of the arm and adds what theory predicts.
func (a *arm) power(statistic string) power {
	p := fit(a.values(statistic))
	p.exact = a.exactPower(statistic)
	always, updated := a.beyond()
	if always == "" && (updated == "" || atOnset(statistic)) {
		p.predicted, p.rise = a.law(statistic)
	}
	return p
}

// exactPower is the power fitted to the values that theory expects of exactly these runs; NaN
// if one has none. The fit is of logarithms, and the mean of a logarithm lies below the
// logarithm of the mean by half of the relative variance over draws; for roots, by half of
// that.
func (a *arm) exactPower(statistic string) float64 { return fit(a.expectations(statistic)).mean }

// pair pairs a power of the arm with that of exact expectations, where there is one.
func (a *arm) pair(p power, statistic string, rounding float64) power {
	if !p.fitted() || math.IsNaN(p.exact) {
		return p
	}
	expected, over := make(map[[2]int]float64), a.values(statistic)
	for _, o := range a.expectations(statistic) {
		expected[[2]int{o.rank, o.seed}] = o.value
	}
	for i, o := range over {
		over[i].value /= expected[[2]int{o.rank, o.seed}]
	}
	p.paired = &paired{fit(over).interval, math.Max(rounding, float32Error)}
	return p
}

// sharper reports whether pairing makes the standard error smaller by over 2%.
func (p power) sharper() bool { return p.paired != nil && p.paired.se < 0.98*p.se }

// expectations are what exactPower is fitted to; none if a run has no expected value.
func (a *arm) expectations(statistic string) []observed {
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
			return nil
		}
		o.value *= math.Exp(-below[o.rank])
		expected = append(expected, o)
	}
	return expected
}

// beyond says why theory predicts nothing for the arm, or nothing after its first update.
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
	var names []string
	for _, name := range a.moving {
		if slices.ContainsFunc(a.cells, func(c *cell) bool {
			if c.grid != nil && c.grid.axis == name {
				return len(a.cells) > 1 // geometric means, which are never quite the same
			}
			return c.axis(name) != a.cells[0].axis(name)
		}) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return strings.Join(names, " and ") + " depends on rank"
}

// theory is what theory predicts for exactly these runs: the exact power, or a range.
func (p power) theory() (low, high float64) {
	if !math.IsNaN(p.exact) {
		return p.exact, p.exact
	}
	return p.predicted + math.Min(0, p.rise), p.predicted + math.Max(0, p.rise)
}

// off is how far the power lies from theory's; inside a range it is below 0.
func (p power) off() float64 {
	low, high := p.theory()
	return math.Max(low-p.mean, p.mean-high)
}

// p is the P of the hypothesis that the power is theory's.
func (p power) p() float64 {
	over, rounding := p.held()
	off := p.off()
	if off <= rounding {
		off = 0
	}
	return twoSided(off, over.se, over.n)
}

// held is the interval that is held to theory, and the deviation that counts as none.
func (p power) held() (over interval, rounding float64) {
	if p.paired == nil {
		return p.interval, float32Error
	}
	over = p.paired.interval
	over.mean, over.low, over.high = over.mean+p.exact, over.low+p.exact, over.high+p.exact
	return over, p.paired.rounding
}

// float32Error is more than float32 is off by in a power. Nothing is left to chance in some rows, whose
// interval has no width.
const float32Error = 1e-6

// agreement is the verdict on the power compared with theory's.
func (p power) agreement(tolerance float64) string {
	low, high := p.theory()
	over, rounding := p.held()
	switch {
	case !p.fitted():
		return "no fit"
	case math.IsNaN(low):
		return "no prediction"
	case math.IsNaN(p.low):
		return "no interval"
	case over.low-high > rounding || low-over.high > rounding:
		return "differs"
	case p.within(tolerance):
		return "agrees"
	}
	return "consistent, not resolved"
}

// within reports whether the whole interval lies within the tolerance of theory's power.
func (p power) within(tolerance float64) bool {
	low, high := p.theory()
	over, _ := p.held()
	return over.low >= low-tolerance && over.high <= high+tolerance
}

// judged reports whether there is an interval and a prediction.
func (p power) judged() bool {
	low, _ := p.theory()
	return p.fitted() && !math.IsNaN(low) && !math.IsNaN(p.low)
}

// say is the power with its interval.
func (p power) say() say {
	return bracketed(p.interval, 3)
}

// shown is the same beside theory's power.
func (p power) shown() say {
	return bracketed(p.interval, p.decimals())
}

// decimals are three, or as many as it takes to print a power that differs from theory's
// outside of its interval, but six at most.
func (p power) decimals() int {
	low, high := p.theory()
	if none := math.IsNaN(p.predicted) && math.IsNaN(p.exact); none {
		if low, high = 0, 0; !(p.interval.low > 0 || p.interval.high < 0) {
			return 3
		}
	} else if p.paired = nil; p.agreement(near) != "differs" {
		return 3
	}
	for d := 3; d < 6; d++ {
		as := func(v float64) float64 { return field(strconv.FormatFloat(v, 'f', d, 64)) }
		if as(high) < as(p.interval.low) || as(low) > as(p.interval.high) {
			return d
		}
	}
	return 6
}

// variancePower is the power of rank of a variance: that over seeds of squares divided by
// their expected values, for seeds that have one at every rank. Its interval is Student's, of
// the jackknife's pseudo-values.
func (a *arm) variancePower(statistic string) interval {
	over := a.observations(func(r *run) float64 { return r.overExpected(statistic) })
	over = slices.DeleteFunc(over, func(o observed) bool { return math.IsNaN(o.value) })
	var rows [][]float64
	for _, of := range grouped(over, func(o observed) int { return o.seed }) {
		var row []float64
		for _, o := range of {
			row = append(row, o.value)
		}
		if len(row) == len(a.cells) {
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

func (a *arm) varianceSlope(rows [][]float64) float64 {
	var x, y []float64
	for i, c := range a.cells {
		var column []float64
		for _, row := range rows {
			column = append(column, row[i])
		}
		x, y = append(x, math.Log(float64(c.rank()))), append(y, math.Log(stat.Variance(column, nil)))
	}
	_, slope := line(x, y)
	return slope
}
