package paper

import (
	"fmt"
	"math"
	"slices"

	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/nn"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
	"ranksweep/results"
)

// What a rule on best learning rates can hold their power of rank to.
const (
	ratesOfTheory = "theory" // what metrics.BestRate says
	ratesFree     = "free"   // 0
	ratesOfPower  = "p"      // the power p of the multiplier
)

// ratePowers holds the power of rank of the best learning rate to what is claimed,
// scheme by scheme. Where too many best rates lie at an edge of those tried, there
// is no verdict.
func ratePowers(r Rule, v View) Finding {
	t := table.Table{Name: tableOfRates, Title: "Powers of rank of the best learning rate, with 95% intervals over seeds"}
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
			continue // all at edges, or at one rank: counted, and no row
		}
		e.Predicted = claimedPower(r.Wants, e, a)
		fits = append(fits, fit{"", a, bestRateStatistic, e})
		rise, _ := metrics.LossDropFirst.Theory.Exponent(nn.UpdateOf(a.Optimizer), a.Scaling)
		powers, values, claimed = append(powers, table.Word(number.Brief(a.Scaling.P))), append(values, table.Word(exponentText(e))), append(claimed, table.Word(number.Brief(e.Predicted)))
		early = append(early, table.Word(numberOrNone(0-rise)))
		bend, local := results.RateCurvature(g)
		curved, slopes = append(curved, table.Word(intervalText(bend))), append(slopes, table.Word(slopesText(local)))
		inside = append(inside, table.Word(fmt.Sprintf("%d of %d", e.N, e.N+e.Excluded)))
		said = append(said, table.Word(e.Agreement(r.limit("tolerance")).String()))
	}
	if len(fits) == 0 {
		return lacking("best rates at two ranks")
	}
	t.Add(table.Column{Head: "p", Number: true}, powers)
	t.Add(table.Column{Head: "power of rank", Number: true}, values)
	t.Add(table.Column{Head: "claimed", Number: true}, claimed)
	t.Add(table.Column{Head: "while A has hardly moved", Number: true}, early)
	t.Add(table.Column{Head: "from rank to rank", Number: true}, slopes)
	t.Add(table.Column{Head: "curvature", Number: true}, curved)
	t.Add(table.Column{Head: "best rates inside the grid", Number: true}, inside)
	t.Add(table.Column{Head: "verdict"}, said)
	f := heldToTheory(fits, r.limit("tolerance"), r.limit("level"))
	f.Text = "Curvature is the coefficient of the squared logarithm of the rank in a parabola a seed: where its " +
		"interval leaves out 0, the best rate is no power of the rank. " +
		fmt.Sprintf("%d of %d best rates lie between others that were tried; one beside a rate that diverged "+
			"counts as it was tried.", kept, all)
	if float64(kept) < r.limit("inside")*float64(all) {
		f.Standing = Unresolved
	}
	f.Tables = []table.Table{t}
	return f
}

// bestRateStatistic names what is fitted. It is not one of a curve, so that no two best
// rates are one measurement.
var bestRateStatistic = metrics.Statistic{Name: "best rate", Of: func([]metrics.Point) float64 { return math.NaN() }}

// claimedPower is what a rule holds the best rate to.
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

// fixedOrNone writes three decimals, and nothing for what is absent.
func fixedOrNone(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return number.Fixed(v, 3)
}

// numberOrNone is empty for what is absent.
func numberOrNone(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return number.Brief(v)
}

// slopesText writes local powers.
func slopesText(local []float64) string {
	text := ""
	for i, v := range local {
		if i > 0 {
			text += ", "
		}
		text += number.Fixed(v, 2)
	}
	return text
}

// rateTransfer takes the best rate at the smallest rank on half of the seeds to the
// largest rank, times the rank ratio to a power, and holds what that costs on the
// other half, beside each seed's own best rate there, to be below the margin: a
// tenth of what the best rate learned.
func rateTransfer(r Rule, v View) Finding {
	f := Finding{Standing: Seen}
	t := table.Table{Name: "transfer", Title: "Loss given away at the largest rank by the rate tuned at the smallest, " +
		"in percent of the loss ± half of its 95% interval; and of what was learned"}
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
		f.Numbers = append(f.Numbers, meanNumber(fmt.Sprintf("regret in percent of the loss, p = "+
			"%s", number.Brief(p)), x.regret))
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
	t.Add(table.Column{Head: "× (R/r)^−(1−p)/2", Number: true}, half)
	t.Add(table.Column{Head: "× (R/r)^−(1−p)", Number: true}, whole)
	t.Add(table.Column{Head: "of what was learned, in the third column", Number: true}, share)
	t.Add(table.Column{Head: "Holm's p of at least the margin", Number: true}, tests)
	all := r.of(v).ranks
	f.Text = fmt.Sprintf("From rank %d to rank %d. A rate between those tried has its loss from the parabola "+
		"through the three nearest.", slices.Min(all), slices.Max(all))
	f.Tables = []table.Table{t}
	return f
}

// transferred is what a transferred rate costs.
type transferred struct {
	regret  stats.Interval // in percent of the loss
	learned stats.Interval // in percent of what was learned
	outside int            // seeds at which the rate lies outside of those tried
	edges   int            // seeds whose own best rate lies at an edge of those tried
	below   float64        // P of regret being at least the margin
	above   float64        // P of its being at most that
}

func newTransferred(group []results.Arm, power, margin float64) transferred {
	var x transferred
	var percent, share, under, over []float64 // the last two: how far the margin is away, and is passed
	for _, m := range results.TransferRate(group, power) {
		if math.IsNaN(m.Loss) {
			x.outside++
			continue
		}
		if m.Edge {
			x.edges++ // what is given away is at least this
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

// unlessMissing is a P value, but 1 where a value is missing or there is no test: nothing
// is claimed of a part.
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
		text += fmt.Sprintf(" (%d seeds outside)", x.outside)
	}
	if x.edges > 0 {
		text += fmt.Sprintf(" (at least: of %d seeds the best rate lies at an edge)", x.edges)
	}
	return text
}

func (x transferred) learnedText() string {
	if x.learned.N == 0 {
		return ""
	}
	return intervalText(x.learned) + "%"
}
