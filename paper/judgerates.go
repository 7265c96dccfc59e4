package paper

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ranksweep/analysis"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/nn"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
	"ranksweep/reproduction"
)

// The power of rank of best learning rates that a rule can claim.
const (
	ratesOfTheory = "theory" // that of theory.BestRate
	ratesFree     = "free"   // 0
	ratesOfPower  = "p"      // the power p of the multiplier
)

// ratePowers compares the power of rank of the best learning rate with the claimed power, for
// each multiplier. It judges a multiplier only if enough of its best rates lie between other
// rates that were tried: those at an edge are missing from the fit, which bends it. Intervals
// contain the error from validation.
func ratePowers(r Rule, v View) Finding {
	var rows []rateRow
	var judged []fit
	var tried rateCounts
	var left []string // multipliers that are not judged
	for _, g := range analysis.RateGroups(r.of(v).arms) {
		if !multiplierAlone(g[0]) {
			continue
		}
		x := newRateRow(g, r)
		tried.add(x.best)
		if x.judged && x.err == nil {
			judged = append(judged, fit{arm: analysis.PerRank(g), statistic: bestRateStatistic, Exponent: x.wider()})
		} else {
			left = append(left, fmt.Sprintf("p = %s (%s)", number.Brief(g[0].Powers.P), x.inside()))
		}
		if x.err == nil {
			rows = append(rows, x)
		}
	}
	if len(rows) == 0 {
		return lacking("best rates at two ranks")
	}
	correctRates(rows)
	f := heldToTheory(judged, r.limit("tolerance"), r.limit("level"))
	f.Text = fmt.Sprintf("%d of %d best rates lie between other rates that were tried.", tried.between, tried.all) +
		sharedText(rows)
	if len(left) > 0 {
		f.Text += fmt.Sprintf(" A multiplier for which fewer than %s%% of them do is not judged: %s.",
			number.Brief(100*r.limit("inside")), strings.Join(left, ", "))
		if f.Standing == Seen {
			f.Standing = Unresolved
		}
	}
	f.Text += tried.besideText() + wallsText(rows) + edgesLeftText(rows) + lowsText(rows) +
		paragraph + apartText(rows, r.limit("level")) + deviationText(judged) + learnedAtBest(rows) +
		curvatureText(rows) + paragraph + validationText(rows)
	f.Rates = measuredRates(rows)
	f.Tables = []table.Table{ratePowersTable(rows, r)}
	return f
}

// paragraph parts the paragraphs of a text.
const paragraph = "\n\n"

// sharedText says how many of the best rates are distinct, and at which ranks they are not; empty
// if all are.
func sharedText(rows []rateRow) string {
	type found struct {
		rank       int
		seed       uint64
		rate, loss float64
	}
	seen := make(map[found]bool)
	var shared []int // ranks
	for _, x := range rows {
		for _, b := range x.best {
			if f := (found{b.Rank, b.Seed, b.Rate, b.Loss}); b.Between() && seen[f] {
				shared = append(shared, b.Rank)
			} else if b.Between() {
				seen[f] = true
			}
		}
	}
	if len(shared) == 0 {
		return ""
	}
	slices.Sort(shared)
	var at []string
	for _, rank := range slices.Compact(shared) {
		at = append(at, fmt.Sprint(rank))
	}
	return fmt.Sprintf(" %d of these are distinct: multipliers are equal at rank %s.", len(seen),
		strings.Join(at, ", "))
}

// deviationText says how far the judged powers are from the claimed ones, whatever their
// verdicts; empty if none is judged.
func deviationText(judged []fit) string {
	if len(judged) == 0 {
		return ""
	}
	return fmt.Sprintf(" The largest deviation of a judged power from the claimed one is %s.", farthestText(judged))
}

// learnedAtBest says how much is learned at best rates.
func learnedAtBest(rows []rateRow) string {
	var all []float64
	for _, x := range rows {
		of := make(map[int][]float64) // by rank
		for _, b := range x.best {
			of[b.Rank] = append(of[b.Rank], 100*b.Learned/(b.Learned+b.Loss))
		}
		for _, shares := range of {
			all = append(all, stats.MeanInterval(shares).Mean)
		}
	}
	return fmt.Sprintf(" At its best rate, a seed's loss falls by %s of itself: means over "+
		"seeds, the lowest "+
		"and the highest of all rows and ranks.", rangeText(slices.Min(all), slices.Max(all)))
}

// ratePowersTable has a row for each multiplier whose best rates have a power of rank.
func ratePowersTable(rows []rateRow, r Rule) table.Table {
	t := table.Table{Name: tableOfRates, Title: "Power of rank of the best learning rate under γ = α/r^p, with 95% " +
		"intervals over seeds"}
	table.Fill(&t, rows,
		table.Numbers("p", func(x rateRow) string { return number.Brief(x.arm.Powers.P) }),
		table.Numbers("fitted power", func(x rateRow) string { return exponentText(x.Exponent) }),
		table.Numbers("fitted power"+withValidation, func(x rateRow) table.Entry {
			return table.Exact(exponentText(x.wider()), x.powerError)
		}),
		table.Numbers("median over seeds", func(x rateRow) string { return number.Fixed(x.median, 3) }),
		table.Numbers("seeds", func(x rateRow) int { return x.Seeds }),
		table.Numbers("claimed power", func(x rateRow) string { return number.Brief(x.Predicted) }),
		table.Numbers(sameDrop, func(x rateRow) table.Entry {
			rise, _ := metrics.LossDropFirst.Theory.Known(nn.UpdateOf(x.arm.Optimizer), x.arm.Powers)
			return table.Exact(number.Brief(0-rise), 0-rise)
		}),
		table.Numbers(bestFirstStep, func(x rateRow) table.Entry {
			return table.Exact(exponentText(x.first), x.first.Value, x.first.Low, x.first.High)
		}),
		table.Numbers("from each rank to the next", func(x rateRow) string { return slopesText(x.local) }),
		table.Numbers("curvature", func(x rateRow) string { return curvatureEntry(x.bend) }),
		table.Numbers("curvature"+withValidation, func(x rateRow) table.Entry {
			if math.IsNaN(x.bendError) {
				return table.Entry{Values: []string{""}}
			}
			return table.Exact(intervalText(x.bend.With(x.bendError)), x.bendError)
		}),
		table.Numbers("best rates inside the grid", rateRow.inside),
		table.Numbers("Holm's p", func(x rateRow) table.Entry {
			if math.IsNaN(x.holm) {
				return table.Entry{Values: []string{""}}
			}
			return probability(x.holm)
		}),
		table.Words("verdict", func(x rateRow) string {
			if !x.judged {
				return "not judged"
			}
			return x.wider().Agreement(r.limit("tolerance")).String()
		}),
	)
	return t
}

// sameDrop is the head of a column: see [Reading].
const sameDrop = "rate for the same first loss drop, by theory"

// withValidation ends the heads of columns whose intervals have the error from validation.
const withValidation = ", with the error from validation"

// widerText is withValidation if any row has such an error.
func widerText(rows []rateRow) string {
	if slices.ContainsFunc(rows, func(x rateRow) bool { return x.powerError > 0 }) {
		return withValidation + ","
	}
	return ""
}

// validationText says whether intervals contain what the choice of the validation examples adds to
// the error.
func validationText(rows []rateRow) string {
	if widerText(rows) == "" {
		return sharedExamples
	}
	return validatedExamples
}

// validatedExamples says what the wider intervals hold, and what goes by them.
const validatedExamples = "All seeds share the validation examples, and intervals over seeds leave out what the " +
	"choice of these examples adds to the error. Two columns have wider intervals, with the error from validation: " +
	"best rates are found again on halves of the validation set, which shows that error, and its square is added to " +
	"the square of the error over seeds. Verdicts and the standing go by these wider intervals."

// sharedExamples says what intervals of best rates leave out.
const sharedExamples = "Intervals are over seeds, which share the validation examples: what the choice of these " +
	"examples adds is left out."

// bestRateStatistic names what is fitted. It has no values on a curve, so no two fits of it
// count as one measurement.
var bestRateStatistic = metrics.Statistic{Name: "best rate", Of: func([]metrics.Point) float64 { return math.NaN() }}

// claimedPower is the power of rank that a rule claims for the best rate; NaN if more than the
// multiplier depends on the rank, of which no rule claims anything.
func claimedPower(wants string, e stats.Exponent, a analysis.Arm) float64 {
	if !multiplierAlone(a) {
		return math.NaN()
	}
	switch wants {
	case ratesOfTheory:
		return e.Predicted
	case ratesFree:
		return 0
	case ratesOfPower:
		return a.Powers.P
	}
	panic(fmt.Sprintf("paper: a rule wants %q of best rates", wants))
}

// slopesText writes the powers from each rank to the next.
func slopesText(local []float64) string {
	var all []string
	for _, v := range local {
		if math.IsNaN(v) {
			all = append(all, notKnown)
			continue
		}
		all = append(all, number.Fixed(v, 2))
	}
	return strings.Join(all, ", ")
}

// rateTransfer gives each seed the rate that another seed found best at the smallest rank,
// multiplies it by a power of the ratio of the ranks, and uses it at the largest rank. It
// judges whether that loses, for most seeds, less than the margin, compared with the seed's own
// best rate: less than a tenth of what the best rate learned.
func rateTransfer(r Rule, v View) Finding {
	f := Finding{Standing: Seen}
	type row struct {
		rates             analysis.RateTransfer
		p                 float64 // the power of the multiplier
		same, half, whole transferred
		shared            float64 // what the choice of validation examples adds to half's error; NaN if unknown
	}
	var rows []row
	var seeds []string // what the seed loses that loses most
	for _, g := range analysis.RateGroups(r.of(v).arms) {
		if !multiplierAlone(g[0]) || len(ranksOf(cellsOf(g))) < 2 {
			continue
		}
		p := g[0].Powers.P
		rates := analysis.TransferRate(g)
		after := func(power float64) transferred {
			return newTransferred(rates.By(power), r.limit("margin")).among(rates.Pairs(power))
		}
		x := row{rates: rates, p: p, same: after(0), half: after(-(1 - p) / 2), whole: after(-(1 - p))}
		shared, ofLearned := analysis.TransferErrors(g, -(1-p)/2)
		x.shared = shared
		rows = append(rows, x)
		if x.half.learned.N > 0 {
			seeds = append(seeds, fmt.Sprintf("%s%% of what it learned for p = %s",
				number.Significant(x.half.most, 3), number.Brief(p)))
		}
		f.Numbers = append(f.Numbers,
			meanNumber(fmt.Sprintf("regret in percent of the loss, p = %s", number.Brief(p)), x.half.regret))
		f.Rates = append(f.Rates, newRate(g, reproduction.TransferRegret, x.half.learned.With(ofLearned)),
			newRate(g, reproduction.TransferMost, stats.Interval{Mean: x.half.most, Low: math.NaN(), High: math.NaN(),
				N: x.half.learned.N}))
	}
	if len(rows) == 0 {
		return lacking("learning rates at two ranks")
	}
	all := r.of(v).ranks
	f.Text = fmt.Sprintf("The rate goes from rank %d to rank %d. The loss at a rate between those tried is read from "+
		"the parabola through the three nearest rates.", slices.Min(all), slices.Max(all))
	worstLoss := 0.0
	for _, x := range rows {
		switch {
		case x.half.below <= r.limit("level"): // all must be, so that none is corrected
		case x.half.above <= r.limit("level")/float64(len(rows)): // one is enough
			f.Standing = NotSeen
			worstLoss = math.Max(worstLoss, x.half.learned.Mean)
		case f.Standing == Seen:
			f.Standing = Unresolved
		}
		if x.half.missing()+x.half.edges > 0 {
			f.Text += fmt.Sprintf(" For p = %s not every seed has its loss or a best rate of its own, and a part of "+
				"the seeds proves nothing: p is 1.", number.Brief(x.p))
		}
	}
	f.Off = fmt.Sprintf("loses %s%% of what was learned", number.Fixed(worstLoss, 1))
	f.Beware = fmt.Sprintf(" If each seed gets the rate of each other one, the seed that loses most loses "+
		"%s. The standing is about most seeds, not about "+
		"their mean, and leaves out what the choice of the validation examples adds to the error. It needs all "+
		"multipliers, so that no p is corrected.",
		strings.Join(seeds, ", "))
	f.Text += f.Beware + " The last column is no part of the claim. It has the powers of R/r, in hundredths, " +
		"with which each multiplier alone is shown to lose less than the margin."
	if slices.ContainsFunc(rows, func(x row) bool { return x.shared > 0 }) {
		f.Text += paragraph + validatedTransfer
	} else {
		f.Text += paragraph + sharedExamples
	}
	t := table.Table{Name: "transfer", Title: "How much higher the loss at the largest rank R is with a rate tuned " +
		"at the smallest rank r, in percent of the loss: mean ± half of its 95% interval"}
	table.Fill(&t, rows,
		table.Numbers("p", func(x row) string { return number.Brief(x.p) }),
		table.Numbers("the same rate", func(x row) string { return x.same.text() }),
		table.Numbers("rate × (R/r)^(−(1−p)/2), as claimed", func(x row) string { return x.half.text() }),
		table.Numbers("as claimed"+withValidation, func(x row) table.Entry {
			return table.Exact(intervalText(x.half.regret.With(x.shared)), x.shared)
		}),
		table.Numbers("rate × (R/r)^(−(1−p))", func(x row) string { return x.whole.text() }),
		table.Numbers(shareLost, func(x row) string {
			return x.half.learnedText()
		}),
		table.Numbers(marginLost, func(x row) table.Entry { return probability(x.half.below) }),
		table.Numbers("powers that lose less", func(x row) string {
			return passing(x.rates, r.limit("margin"), r.limit("level"))
		}),
	)
	f.Tables = []table.Table{t}
	return f
}

// Heads of columns.
const (
	shareLost = "as claimed, in percent of what was learned: mean with the next seed's rate, and most of " +
		"all pairs of seeds"
	marginLost = "p of the sign test"
)

// validatedTransfer says what the wider intervals of transferred rates hold, and what does not go
// by them.
const validatedTransfer = "All seeds share the validation examples. One column has a wider interval, with the error " +
	"from validation: what the choice of these examples adds is found on halves of the validation set, and its " +
	"square is added to the square of the error over seeds. All other columns leave it out. The rule was fixed " +
	"before the runs, and says that P and the standing go by seeds."

// passing has the lowest and the highest power, in hundredths between -2 and 1, with which a
// transferred rate is shown to lose less than the margin.
func passing(rates analysis.RateTransfer, margin, level float64) string {
	var powers []float64
	for i := -200; i <= 100; i++ {
		if power := float64(i) / 100; newTransferred(rates.By(power), margin).below <= level {
			powers = append(powers, power)
		}
	}
	if len(powers) == 0 {
		return "none"
	}
	return fmt.Sprintf("%s to %s", number.Fixed(powers[0], 2), number.Fixed(powers[len(powers)-1], 2))
}

// transferred is what a transferred rate loses.
type transferred struct {
	regret  stats.Interval // in percent of the loss
	learned stats.Interval // in percent of what was learned
	most    float64        // the same, for the pair of seeds that loses most
	pairs   int            // pairs of seeds, of which one is tuned and the other is trained
	untuned int            // seeds whose rate at the smallest rank lies at an edge of those tried
	outside int            // other seeds for which the rate lies outside of those tried
	edges   int            // seeds whose own best rate lies at an edge of those tried
	below   float64        // P that half of all seeds or more lose at least the margin
	above   float64        // P that half or more lose at most the margin
}

func newTransferred(seeds []analysis.Transfer, margin float64) transferred {
	var x transferred
	var percent, share, under, over []float64 // under: how far below the margin; over: how far above
	for _, m := range seeds {
		switch {
		case math.IsNaN(m.Rate):
			x.untuned++
			continue
		case math.IsNaN(m.Loss):
			x.outside++
			continue
		case m.Edge:
			x.edges++ // the regret is at least this
		}
		lost := m.Loss - m.Best
		percent, share = append(percent, m.Regret()), append(share, 100*lost/m.Learned)
		under, over = append(under, margin*m.Learned-lost), append(over, lost-margin*m.Learned)
	}
	x.regret, x.learned = stats.MeanInterval(percent), stats.MeanInterval(share)
	x.below = unlessMissing(stats.MostP(under), x.missing()+x.edges)
	x.above = unlessMissing(stats.MostP(over), x.missing())
	return x
}

// among adds the pair that loses most of all pairs of seeds whose loss is known.
func (x transferred) among(pairs []analysis.Transfer) transferred {
	x.most = math.Inf(-1)
	for _, m := range pairs {
		if lost := m.Loss - m.Best; !math.IsNaN(lost) {
			x.most = math.Max(x.most, 100*lost/m.Learned)
			x.pairs++
		}
	}
	return x
}

// missing counts the seeds that have no loss at the transferred rate.
func (x transferred) missing() int { return x.untuned + x.outside }

// unlessMissing is a P value, but 1 if values are missing or there is no test: a part of the
// seeds proves nothing.
func unlessMissing(p float64, missing int) float64 {
	if missing > 0 || math.IsNaN(p) {
		return 1
	}
	return p
}

func (x transferred) text() string {
	text := notKnown
	if x.regret.N > 0 {
		text = intervalText(x.regret)
	}
	if x.untuned > 0 {
		text += fmt.Sprintf(" (without %d seeds, whose rate at the smallest rank lies at an edge)", x.untuned)
	}
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
	return fmt.Sprintf("%s%%, %s%% for one of %d pairs", intervalText(x.learned), number.Significant(x.most, 3),
		x.pairs)
}
