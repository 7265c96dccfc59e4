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
	t := table.Table{Name: tableOfRates, Title: "Power of rank of the best learning rate under γ = α/r^p, with 95% " +
		"intervals over seeds"}
	var fits []fit
	var powers, values, claimed, early, curved, slopes, inside, said []table.Entry
	kept, all := 0, 0
	for _, g := range results.RateGroups(r.of(v).arms) {
		a := g[0]
		e, err := results.RateExponent(g)
		if !multiplierAlone(a) {
			continue
		}
		kept, all = kept+e.N, all+e.N+e.Excluded
		if err != nil {
			continue // all at edges, or at one rank: these count above, but have no row
		}
		e.Predicted = claimedPower(r.Wants, e, a)
		fits = append(fits, fit{"", a, bestRateStatistic, e})
		rise, _ := metrics.LossDropFirst.Theory.Exponent(nn.UpdateOf(a.Optimizer), a.Scaling)
		powers = append(powers, table.Word(number.Brief(a.Scaling.P)))
		values = append(values, table.Word(exponentText(e)))
		claimed = append(claimed, table.Word(number.Brief(e.Predicted)))
		early = append(early, table.Word(numberOrNone(0-rise)))
		bend, local := results.RateCurvature(g)
		curved = append(curved, table.Word(intervalText(bend)))
		slopes = append(slopes, table.Word(slopesText(local)))
		inside = append(inside, table.Word(fmt.Sprintf("%d of %d", e.N, e.N+e.Excluded)))
		said = append(said, table.Word(e.Agreement(r.limit("tolerance")).String()))
	}
	if len(fits) == 0 {
		return lacking("best rates at two ranks")
	}
	t.Add(table.Column{Head: "p", Number: true}, powers)
	t.Add(table.Column{Head: "fitted power", Number: true}, values)
	t.Add(table.Column{Head: "claimed power", Number: true}, claimed)
	t.Add(table.Column{Head: "theory while A has hardly moved", Number: true}, early)
	t.Add(table.Column{Head: "from each rank to the next", Number: true}, slopes)
	t.Add(table.Column{Head: "curvature", Number: true}, curved)
	t.Add(table.Column{Head: "best rates inside the grid", Number: true}, inside)
	t.Add(table.Column{Head: "verdict"}, said)
	f := heldToTheory(fits, r.limit("tolerance"), r.limit("level"))
	f.Text = "Curvature is the coefficient of the squared logarithm of the rank, in a parabola fitted to each seed. " +
		"If its interval does not contain 0, the best rate is no power of the rank. " +
		fmt.Sprintf("%d of %d best rates lie between other rates that were tried. A best rate next to one that "+
			"diverged is used as it was tried, without a parabola.", kept, all)
	if float64(kept) < r.limit("inside")*float64(all) {
		f.Standing = Unresolved
	}
	f.Tables = []table.Table{t}
	return f
}

// bestRateStatistic names what is fitted. It has no values on a curve, so no two fits of it
// count as one measurement.
var bestRateStatistic = metrics.Statistic{Name: "best rate", Of: func([]metrics.Point) float64 { return math.NaN() }}

// claimedPower is the power of rank that a rule claims for the best rate.
func claimedPower(wants string, e stats.Exponent, a results.Arm) float64 {
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

// fixedOrNone writes three decimals, and nothing if the value is absent.
func fixedOrNone(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return number.Fixed(v, 3)
}

// numberOrNone is empty if the value is absent.
func numberOrNone(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return number.Brief(v)
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
	t := table.Table{Name: "transfer", Title: "How much higher the loss at the largest rank R is with a rate tuned " +
		"at the smallest rank r, in percent of the loss: mean ± half of its 95% interval"}
	var heads, unscaled, half, whole, share, tests []table.Entry
	var worst []float64
	var shown []transferred
	for _, g := range results.RateGroups(r.of(v).arms) {
		if !multiplierAlone(g[0]) || len(ranksOf(cellsOf(g))) < 2 {
			continue
		}
		p := g[0].Scaling.P
		x := newTransferred(g, -(1-p)/2, r.limit("margin"))
		heads = append(heads, table.Word(number.Brief(p)))
		unscaled = append(unscaled, table.Word(newTransferred(g, 0, r.limit("margin")).text()))
		half = append(half, table.Word(x.text()))
		whole = append(whole, table.Word(newTransferred(g, -(1-p), r.limit("margin")).text()))
		share = append(share, table.Word(x.learnedText()))
		worst, shown = append(worst, x.below), append(shown, x)
		f.Numbers = append(f.Numbers,
			meanNumber(fmt.Sprintf("regret in percent of the loss, p = %s", number.Brief(p)), x.regret))
	}
	if len(shown) == 0 {
		return lacking("learning rates at two ranks")
	}
	held := stats.Holm(worst)
	for i, x := range shown {
		tests = append(tests, probability(held[i]))
		switch {
		case held[i] <= r.limit("level"):
		case x.above <= r.limit("level")/float64(len(shown)):
			f.Standing = NotSeen
		case f.Standing == Seen:
			f.Standing = Unresolved
		}
	}
	t.Add(table.Column{Head: "p", Number: true}, heads)
	t.Add(table.Column{Head: "the same rate", Number: true}, unscaled)
	t.Add(table.Column{Head: "rate × (R/r)^(−(1−p)/2)", Number: true}, half)
	t.Add(table.Column{Head: "rate × (R/r)^(−(1−p))", Number: true}, whole)
	t.Add(table.Column{Head: "third column, in percent of what was learned", Number: true}, share)
	t.Add(table.Column{Head: "Holm's p of losing the margin or more", Number: true}, tests)
	all := r.of(v).ranks
	f.Text = fmt.Sprintf("The rate goes from rank %d to rank %d. The loss at a rate between those tried is read from "+
		"the parabola through the three nearest rates.", slices.Min(all), slices.Max(all))
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
