package paper

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"

	"ranksweep/analysis"
	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
	"ranksweep/reproduction"
)

// rateRow is what is known of the best rates under one multiplier.
type rateRow struct {
	arm   analysis.Arm
	group []analysis.Arm
	best  []analysis.BestRate
	rateCounts
	judged bool // enough best rates lie between other rates that were tried
	stats.Exponent
	err        error          // why there is no exponent
	median     float64        // of the seeds' powers
	counted    stats.Exponent // the power if best rates at an edge were the rates at that edge
	movedBelow stats.Exponent // the power if best rates beside a wall were the rates tried below them
	movedAbove stats.Exponent // the same of the rates above them
	holm       float64        // P of the claimed power, corrected over all rows that are judged; NaN if not judged
	first      stats.Exponent // of the best first step's rate
	bend       stats.Interval // the curvature; NaN if best rates are left out
	local      []float64      // the powers from each rank to the next; NaN if best rates are left out at one of the two
	powerError float64        // what the choice of validation examples adds to the power's error; NaN if unknown
	bendError  float64        // the same of the curvature
}

func newRateRow(group []analysis.Arm, r Rule) rateRow {
	x := rateRow{arm: group[0], group: group, best: analysis.BestRates(group), holm: math.NaN()}
	x.add(x.best)
	x.judged = float64(x.between) >= r.limit("inside")*float64(x.all)
	x.Exponent, x.err = analysis.RateExponent(group)
	x.Predicted = claimedPower(r.Wants, x.Exponent, x.arm)
	x.counted, _ = analysis.EdgeExponent(group)
	x.movedBelow, x.movedAbove = analysis.MovedExponents(group)
	if powers := analysis.RatePowers(group); len(powers) > 0 {
		x.median = medianOf(powers)
	}
	x.first, _ = analysis.FirstRateExponent(group)
	x.powerError, x.bendError = analysis.RateErrors(group)
	x.bend, x.local = analysis.RateCurvature(group)
	if x.edges > 0 {
		x.withholdCurvature()
	}
	return x
}

// withholdCurvature leaves out the curvature, and the powers from and to ranks at which best rates lie at an
// edge. These are the highest ones there, or the lowest: what is left is no chance sample, and looks bent.
func (x *rateRow) withholdCurvature() {
	nan := math.NaN()
	x.bend, x.bendError = stats.Interval{Mean: nan, Low: nan, High: nan}, nan
	ranks := ranksOf(cellsOf(x.group))
	for i := range x.local {
		at := func(b analysis.BestRate) bool { return b.Edge && (b.Rank == ranks[i] || b.Rank == ranks[i+1]) }
		if slices.ContainsFunc(x.best, at) {
			x.local[i] = nan
		}
	}
}

// medianOf is the middle of some values, or the mean of the two in the middle.
func medianOf(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return stat.Mean(sorted[(n-1)/2:n/2+1], nil)
}

// wider is the power with the error from validation in its interval.
func (x rateRow) wider() stats.Exponent { return x.Exponent.With(x.powerError) }

// inside says how many best rates lie between other rates that were tried.
func (x rateRow) inside() string { return fmt.Sprintf("%d of %d", x.between, x.all) }

// p names the row.
func (x rateRow) p() string { return number.Brief(x.arm.Powers.P) }

// correctRates sets the P values of the rows that are judged, corrected over these by Holm's method.
func correctRates(rows []rateRow) {
	var ps []float64
	var at []int
	for i, x := range rows {
		if x.judged {
			ps, at = append(ps, x.wider().P()), append(at, i)
		}
	}
	for k, p := range stats.Holm(ps) {
		rows[at[k]].holm = p
	}
}

// measuredRates are what programs quote of the rows that are judged.
func measuredRates(rows []rateRow) (rates []reproduction.Rate) {
	for _, x := range rows {
		if !x.judged {
			continue
		}
		e := x.wider()
		rates = append(rates, newRate(x.group, reproduction.BestRatePower,
			stats.Interval{Mean: e.Value, Low: e.Low, High: e.High, N: e.Seeds}))
		if x.beside > 0 {
			low, high := x.movedBelow.Value, x.movedAbove.Value
			rates = append(rates, newRate(x.group, reproduction.BestRatesBesideWall, stats.Interval{
				Mean: float64(x.beside), Low: min(low, high), High: max(low, high), N: e.Seeds}))
		}
		if x.edges > 0 {
			nan := math.NaN()
			rates = append(rates, newRate(x.group, reproduction.BestRatesLeftOut,
				stats.Interval{Mean: float64(x.edges), Low: nan, High: nan, N: e.Seeds}))
		} else {
			rates = append(rates, newRate(x.group, reproduction.BestRateCurvature, x.bend.With(x.bendError)))
		}
	}
	return rates
}

// listText is a list of sentences, which are given without their last point.
func listText(said []string) string {
	return "\n\n- " + strings.Join(said, ".\n- ") + "."
}

// notKnown stands for a value that the runs do not tell.
const notKnown = "not known"

// curvatureEntry writes a curvature.
func curvatureEntry(bend stats.Interval) string {
	if math.IsNaN(bend.Mean) {
		return notKnown
	}
	return intervalText(bend)
}

// edgesLeftText says at which ranks best rates are left out, and what that does to the power; empty if none is.
func edgesLeftText(rows []rateRow) (text string) {
	for _, x := range rows {
		if x.edges > 0 {
			text += fmt.Sprintf(" For p = %s, %s at an edge of the rates tried and %s left out: %s. The rest is no "+
				"chance sample of all seeds, so the curvature is not known, nor are the powers from and to such a "+
				"rank. "+
				"Counted as the rates at the edge, beyond which the true ones lie, they make the power %s.",
				x.p(), lying(x.edges), areOf(x.edges), x.byRank(analysis.BestRate.AtEdge), exponentText(x.counted))
		}
	}
	return text
}

// wallsText says what powers become if best rates next to a rate at which training failed lie a step of the rates
// tried lower or higher; if there are none, it says that.
func wallsText(rows []rateRow) (text string) {
	walls := 0
	for _, x := range rows {
		if walls += x.beside; x.beside > 0 {
			text += fmt.Sprintf(" For p = %s, if each of these were the rate tried below it, the power would be %s; "+
				"if the one above it, %s.", x.p(), exponentText(x.movedBelow), exponentText(x.movedAbove))
		}
	}
	if walls == 0 {
		return " None lies next to a rate at which the run ended above the loss where it began, or diverged."
	}
	return text
}

func areOf(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// lowsText says how many best rates are one of two lows, and of which seeds; empty if none is.
func lowsText(rows []rateRow) string {
	bySeed := make(map[uint64]int)
	n, all := 0, 0
	for _, x := range rows {
		for _, b := range x.best {
			if all++; b.Lows > 1 {
				bySeed[b.Seed]++
				n++
			}
		}
	}
	if n == 0 {
		return ""
	}
	var counts []string
	for _, seed := range slices.SortedFunc(maps.Keys(bySeed), func(a, b uint64) int {
		return cmp.Or(bySeed[b]-bySeed[a], cmp.Compare(a, b))
	}) {
		counts = append(counts, fmt.Sprintf("seed %d in %d", seed, bySeed[seed]))
	}
	return fmt.Sprintf(" In %d of %d cases the loss has more than one low among the rates tried, and the best rate "+
		"may "+
		"jump from one to another: %s. The median over seeds depends less on them than the mean.", n, all,
		strings.Join(counts, ", "))
}

// apartText names the rows that are shown to differ from the claimed power, with how far they are off.
func apartText(rows []rateRow, level float64) string {
	n := 0
	var apart []string
	for _, x := range rows {
		if !x.judged {
			continue
		}
		if n++; x.holm <= level {
			apart = append(apart, fmt.Sprintf("p = %s by %s", x.p(), number.Fixed(math.Abs(x.Value-x.Predicted), 3)))
		}
	}
	if len(apart) == 0 {
		return fmt.Sprintf("Corrected over %d by Holm's method, no power is shown to differ from the claimed one.", n)
	}
	return fmt.Sprintf("Corrected over %d by Holm's method, these powers differ from the claimed one: %s.", n,
		strings.Join(apart, ", "))
}

// curvatureText says what the curvature is and which multipliers' runs speak against a power of the rank, by
// the intervals with the error from validation; empty if no curvature is known.
func curvatureText(rows []rateRow) string {
	var bent []string
	known := false
	for _, x := range rows {
		bend := x.bend.With(x.bendError)
		known = known || !math.IsNaN(bend.Mean)
		if bend.Low > 0 || bend.High < 0 {
			bent = append(bent, x.p())
		}
	}
	if !known {
		return ""
	}
	text := paragraph + "Curvature is the coefficient of the squared logarithm of the rank, in a parabola fitted to " +
		"each seed. If its interval" + widerText(rows) + " does not contain 0, these runs speak against a power of " +
		"the rank, each row judged alone."
	if len(bent) > 0 {
		text += fmt.Sprintf(" That is so for p = %s.", strings.Join(bent, ", "))
	}
	return text + driftText(rows)
}

// driftText names the multipliers whose powers from each rank to the next only fall or only rise, with
// these powers; empty if there is none. Three powers are the fewest of which that says something.
func driftText(rows []rateRow) (text string) {
	for _, x := range rows {
		falls := slices.IsSortedFunc(x.local, func(a, b float64) int { return cmp.Compare(b, a) })
		if len(x.local) >= 3 && (falls || slices.IsSorted(x.local)) && !slices.ContainsFunc(x.local, math.IsNaN) {
			text += fmt.Sprintf(" For p = %s the powers from each rank to the next go one way: %s; the curvature "+
				"says whether that is more than scatter.", x.p(), slopesText(x.local))
		}
	}
	return text
}
