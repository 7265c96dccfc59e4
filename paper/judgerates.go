package paper

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/nn"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
	"ranksweep/results"
)

// The power of rank of best learning rates that a rule can claim.
const (
	ratesOfTheory = "theory" // that of theory.BestRate
	ratesFree     = "free"   // 0
	ratesOfPower  = "p"      // the power p of the multiplier
)

// ratePowers compares the power of rank of the best learning rate with the claimed power,
// scheme by scheme. There is no verdict if too many best rates lie at an edge of those tried.
func ratePowers(r Rule, v View) Finding {
	type row struct {
		group []results.Arm
		stats.Exponent
		rateCounts
		bend  stats.Interval // the curvature
		local []float64      // the powers from each rank to the next
	}
	var rows []row
	var fits []fit
	var tried rateCounts
	for _, g := range results.RateGroups(r.of(v).arms) {
		a := g[0]
		if !multiplierAlone(a) {
			continue
		}
		best, n := results.BestRates(g), rateCounts{}
		n.add(best)
		tried.add(best)
		e, err := results.RateExponent(g)
		if err != nil {
			continue // all at edges, or at one rank: these count above, but have no row
		}
		e.Predicted = claimedPower(r.Wants, e, a)
		fits = append(fits, fit{"", a, bestRateStatistic, e, nil})
		bend, local := results.RateCurvature(g)
		rows = append(rows, row{g, e, n, bend, local})
	}
	if len(fits) == 0 {
		return lacking("best rates at two ranks")
	}
	t := table.Table{Name: tableOfRates, Title: "Power of rank of the best learning rate under γ = α/r^p, with 95% " +
		"intervals over seeds"}
	table.Fill(&t, rows,
		table.Numbers("p", func(x row) string { return number.Brief(x.group[0].Scaling.P) }),
		table.Numbers("fitted power", func(x row) string { return exponentText(x.Exponent) }),
		table.Numbers("seeds", func(x row) int { return x.Seeds }),
		table.Numbers("claimed power", func(x row) string { return number.Brief(x.Predicted) }),
		table.Numbers("theory while A has hardly moved", func(x row) table.Entry {
			a := x.group[0]
			rise, _ := metrics.LossDropFirst.Theory.Exponent(nn.UpdateOf(a.Optimizer), a.Scaling)
			return table.Exact(number.Brief(0-rise), 0-rise)
		}),
		table.Numbers("from each rank to the next", func(x row) string { return slopesText(x.local) }),
		table.Numbers("curvature", func(x row) string { return intervalText(x.bend) }),
		table.Numbers("best rates inside the grid", func(x row) string {
			return fmt.Sprintf("%d of %d", x.between, x.all)
		}),
		table.Words("verdict", func(x row) string { return x.Verdict(r.limit("tolerance")).String() }),
	)
	f := heldToTheory(fits, r.limit("tolerance"), r.limit("level"))
	f.Text = "Curvature is the coefficient of the squared logarithm of the rank, in a parabola fitted to each seed. " +
		"If its interval does not contain 0, the best rate is no power of the rank. " +
		fmt.Sprintf("%d of %d best rates lie between other rates that were tried.", tried.between, tried.all)
	if float64(tried.between) < r.limit("inside")*float64(tried.all) {
		f.Standing = Unresolved
		f.Text += fmt.Sprintf(" That is less than %g%% of them, so there is no verdict on the claim, whatever the "+
			"rows say.", 100*r.limit("inside"))
	}
	f.Text += tried.besideText() + sharedExamples
	f.Tables = []table.Table{t}
	return f
}

// sharedExamples says what intervals of best rates leave out.
const sharedExamples = " Intervals are over seeds, which share the validation examples: what the choice of these " +
	"examples adds is left out."

// bestRateStatistic names what is fitted. It has no values on a curve, so no two fits of it
// count as one measurement.
var bestRateStatistic = metrics.Statistic{Name: "best rate", Of: func([]metrics.Point) float64 { return math.NaN() }}

// claimedPower is the power of rank that a rule claims for the best rate; NaN if more than the
// multiplier depends on the rank, of which no rule claims anything.
func claimedPower(wants string, e stats.Exponent, a results.Arm) float64 {
	if !multiplierAlone(a) {
		return math.NaN()
	}
	switch wants {
	case ratesOfTheory:
		return e.Predicted
	case ratesFree:
		return 0
	case ratesOfPower:
		return a.Scaling.P
	}
	panic(fmt.Sprintf("paper: a rule wants %q of best rates", wants))
}

// slopesText writes the powers from each rank to the next.
func slopesText(local []float64) string {
	var all []string
	for _, v := range local {
		all = append(all, number.Fixed(v, 2))
	}
	return strings.Join(all, ", ")
}

// rateTransfer tunes the rate at the smallest rank on half of the seeds, multiplies it by a
// power of the ratio of the ranks, and uses it at the largest rank on the other half. It
// judges whether that loses less than the margin, compared with each seed's own best rate:
// less than a tenth of what the best rate learned.
func rateTransfer(r Rule, v View) Finding {
	f := Finding{Standing: Seen}
	type row struct {
		p                 float64 // the power of the multiplier
		same, half, whole transferred
		holm              float64 // P, corrected, that the margin is lost
	}
	var rows []row
	var worst []float64
	for _, g := range results.RateGroups(r.of(v).arms) {
		if !multiplierAlone(g[0]) || len(ranksOf(cellsOf(g))) < 2 {
			continue
		}
		p := g[0].Scaling.P
		after := func(power float64) transferred { return newTransferred(g, power, r.limit("margin")) }
		x := row{p: p, same: after(0), half: after(-(1 - p) / 2), whole: after(-(1 - p))}
		rows, worst = append(rows, x), append(worst, x.half.below)
		f.Numbers = append(f.Numbers,
			meanNumber(fmt.Sprintf("regret in percent of the loss, p = %s", number.Brief(p)), x.half.regret))
	}
	if len(rows) == 0 {
		return lacking("learning rates at two ranks")
	}
	for i, p := range stats.Holm(worst) {
		rows[i].holm = p
		switch {
		case p <= r.limit("level"):
		case rows[i].half.above <= r.limit("level")/float64(len(rows)):
			f.Standing = NotSeen
		case f.Standing == Seen:
			f.Standing = Unresolved
		}
	}
	t := table.Table{Name: "transfer", Title: "How much higher the loss at the largest rank R is with a rate tuned " +
		"at the smallest rank r, in percent of the loss: mean ± half of its 95% interval"}
	table.Fill(&t, rows,
		table.Numbers("p", func(x row) string { return number.Brief(x.p) }),
		table.Numbers("the same rate", func(x row) string { return x.same.text() }),
		table.Numbers("rate × (R/r)^(−(1−p)/2)", func(x row) string { return x.half.text() }),
		table.Numbers("rate × (R/r)^(−(1−p))", func(x row) string { return x.whole.text() }),
		table.Numbers("third column, in percent of what was learned", func(x row) string {
			return x.half.learnedText()
		}),
		table.Numbers("Holm's p of losing the margin or more", func(x row) table.Entry { return probability(x.holm) }),
	)
	all := r.of(v).ranks
	f.Text = fmt.Sprintf("The rate goes from rank %d to rank %d. The loss at a rate between those tried is read from "+
		"the parabola through the three nearest rates."+sharedExamples, slices.Min(all), slices.Max(all))
	f.Tables = []table.Table{t}
	return f
}

// transferred is what a transferred rate loses.
type transferred struct {
	regret  stats.Interval // in percent of the loss
	learned stats.Interval // in percent of what was learned
	outside int            // seeds for which the rate lies outside of those tried
	edges   int            // seeds whose own best rate lies at an edge of those tried
	below   float64        // P that the regret is at least the margin
	above   float64        // P that it is at most the margin
}

func newTransferred(group []results.Arm, power, margin float64) transferred {
	var x transferred
	var percent, share, under, over []float64 // under: how far below the margin; over: how far above
	for _, m := range results.TransferRate(group, power) {
		if math.IsNaN(m.Loss) {
			x.outside++
			continue
		}
		if m.Edge {
			x.edges++ // the regret is at least this
		}
		lost := m.Loss - m.Best
		percent, share = append(percent, 100*lost/m.Best), append(share, 100*lost/m.Learned)
		under, over = append(under, margin*m.Learned-lost), append(over, lost-margin*m.Learned)
	}
	x.regret, x.learned = stats.MeanInterval(percent), stats.MeanInterval(share)
	x.below = unlessMissing(stats.AboveP(under, 0), x.outside+x.edges)
	x.above = unlessMissing(stats.AboveP(over, 0), x.outside)
	return x
}

// unlessMissing is a P value, but 1 if values are missing or there is no test: a part of the
// seeds proves nothing.
func unlessMissing(p float64, missing int) float64 {
	if missing > 0 || math.IsNaN(p) {
		return 1
	}
	return p
}

func (x transferred) text() string {
	if x.regret.N == 0 {
		return "outside of the rates tried"
	}
	text := intervalText(x.regret)
	if x.outside > 0 {
		text += fmt.Sprintf(" (without %d seeds, for which it is outside of the rates tried)", x.outside)
	}
	if x.edges > 0 {
		text += fmt.Sprintf(" (or more: for %d seeds the best rate lies at an edge)", x.edges)
	}
	return text
}

func (x transferred) learnedText() string {
	if x.learned.N == 0 {
		return ""
	}
	return intervalText(x.learned) + "%"
}
