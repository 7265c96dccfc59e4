package paper

import (
	"fmt"
	"math"
	"slices"

	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/nn"
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
func ratePowers(r Rule, s Study) Finding {
	t := Table{Name: tableOfRates, Title: "Powers of rank of the best learning rate, with 95% intervals over seeds"}
	var fits []fit
	var powers, values, claimed, early, curved, slopes, inside, said []Entry
	kept, all := 0, 0
	for _, g := range results.RateGroups(r.arms(s)) {
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
		powers, values, claimed = append(powers, word(number(a.Scaling.P))), append(values, word(exponentText(e))), append(claimed, word(number(e.Predicted)))
		early = append(early, word(numberOrNone(0-rise)))
		bend, local := results.RateCurvature(g)
		curved, slopes = append(curved, word(intervalText(bend))), append(slopes, word(slopesText(local)))
		inside = append(inside, word(fmt.Sprintf("%d of %d", e.N, e.N+e.Excluded)))
		said = append(said, word(e.Agreement(r.limit("tolerance")).String()))
	}
	if len(fits) == 0 {
		return lacking("best rates at two ranks")
	}
	t.add(Column{Head: "p", Number: true}, powers)
	t.add(Column{Head: "power of rank", Number: true}, values)
	t.add(Column{Head: "claimed", Number: true}, claimed)
	t.add(Column{Head: "while A has hardly moved", Number: true}, early)
	t.add(Column{Head: "from rank to rank", Number: true}, slopes)
	t.add(Column{Head: "curvature", Number: true}, curved)
	t.add(Column{Head: "best rates inside the grid", Number: true}, inside)
	t.add(Column{Head: "verdict"}, said)
	f := heldToTheory(fits, r.limit("tolerance"), r.limit("level"))
	f.Text = "Curvature is the coefficient of the squared logarithm of the rank in a parabola a seed: where its " +
		"interval leaves out 0, the best rate is no power of the rank. " +
		fmt.Sprintf("%d of %d best rates lie between others that were tried; one beside a rate that diverged "+
			"counts as it was tried.", kept, all)
	if float64(kept) < r.limit("inside")*float64(all) {
		f.Standing = Unresolved
	}
	f.Tables = []Table{t}
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
	return fixed(v, 3)
}

// numberOrNone is empty for what is absent.
func numberOrNone(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return number(v)
}

// slopesText writes local powers.
func slopesText(local []float64) string {
	text := ""
	for i, v := range local {
		if i > 0 {
			text += ", "
		}
		text += fixed(v, 2)
	}
	return text
}

// rateTransfer takes the best rate at the smallest rank on half of the seeds to the
// largest rank, times the rank ratio to a power, and holds what that costs on the
// other half, beside each seed's own best rate there, to be below the margin: a
// tenth of what the best rate learned.
func rateTransfer(r Rule, s Study) Finding {
	f := Finding{Standing: Seen}
	t := Table{Name: "transfer", Title: "Loss given away at the largest rank by the rate tuned at the smallest, " +
		"in percent of the loss ± half of its 95% interval; and of what was learned"}
	var heads, unscaled, half, whole, share, tests []Entry
	var worst []float64
	var shown []transferred
	for _, g := range results.RateGroups(r.arms(s)) {
		if !multiplierAlone(g[0]) || len(ranks(g)) < 2 {
			continue
		}
		p := g[0].Scaling.P
		x := newTransferred(g, -(1-p)/2, r.limit("margin"))
		heads = append(heads, word(number(p)))
		unscaled = append(unscaled, word(newTransferred(g, 0, r.limit("margin")).text()))
		half = append(half, word(x.text()))
		whole = append(whole, word(newTransferred(g, -(1-p), r.limit("margin")).text()))
		share = append(share, word(x.learnedText()))
		worst, shown = append(worst, x.below), append(shown, x)
		f.Numbers = append(f.Numbers, meanNumber(fmt.Sprintf("regret in percent of the loss, p = "+
			"%s", number(p)), x.regret))
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
	t.add(Column{Head: "p", Number: true}, heads)
	t.add(Column{Head: "the same rate", Number: true}, unscaled)
	t.add(Column{Head: "× (R/r)^−(1−p)/2", Number: true}, half)
	t.add(Column{Head: "× (R/r)^−(1−p)", Number: true}, whole)
	t.add(Column{Head: "of what was learned, in the third column", Number: true}, share)
	t.add(Column{Head: "Holm's p of at least the margin", Number: true}, tests)
	all := ranks(r.arms(s))
	f.Text = fmt.Sprintf("From rank %d to rank %d. A rate between those tried has its loss from the parabola "+
		"through the three nearest.", slices.Min(all), slices.Max(all))
	f.Tables = []Table{t}
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
	var percent, share, less, more []float64
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
		less, more = append(less, lost-margin*m.Learned), append(more, margin*m.Learned-lost)
	}
	x.regret, x.learned = stats.MeanInterval(percent), stats.MeanInterval(share)
	x.below, x.above = oneSided(less, x.outside+x.edges), oneSided(more, x.outside)
	return x
}

// oneSided is the P, by Student's t, of a mean not being below 0; 1 where a value
// is missing, so that nothing is claimed of a part.
func oneSided(xs []float64, missing int) float64 {
	i := stats.MeanInterval(xs)
	if missing > 0 || i.N < 2 {
		return 1
	}
	p := i.P(0) / 2
	if i.Mean > 0 {
		return 1 - p
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
