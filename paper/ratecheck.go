package paper

import (
	"errors"
	"fmt"
	"math"

	"ranksweep/analysis"
	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
)

// noMargin is a margin by which nothing is judged.
const noMargin = 1

// RateCheck says what a learning rate that is best at the smallest rank of some runs loses at the
// largest one: as it is, and multiplied by a power of the ratio of the ranks. The runs are of one
// scheme, at several rates.
func RateCheck(v View, power float64) (table.Table, error) {
	var t table.Table
	groups := analysis.RateGroups(v.arms)
	if len(groups) != 1 || len(ranksOf(cellsOf(groups[0]))) != 2 {
		return t, errors.New("paper: a check of a transferred rate takes one scheme at two ranks")
	}
	group, ranks := groups[0], ranksOf(cellsOf(groups[0]))
	rates := analysis.TransferRate(group)
	type row struct {
		name string
		transferred
	}
	rows := []row{
		{"as it is", newTransferred(rates.By(0), noMargin).among(rates.Pairs(0))},
		{fmt.Sprintf("× (%d/%d)^%s", ranks[1], ranks[0], number.Brief(power)),
			newTransferred(rates.By(power), noMargin).among(rates.Pairs(power))},
	}
	t = table.Table{Title: fmt.Sprintf("What a rate that is best at rank %d loses at rank %d: mean ± half of its 95%% "+
		"interval over %d seeds", ranks[0], ranks[1], len(rates.By(0)))}
	table.Fill(&t, rows,
		table.Words("rate", func(x row) string { return x.name }),
		table.Numbers("percent of the loss", func(x row) string { return x.text() }),
		table.Numbers("percent of what was learned: mean with the next seed's rate, and most of all "+
			"pairs of seeds", func(x row) string {
			return x.learnedText()
		}),
	)
	for _, rank := range ranks {
		t.Caption += bestRateText(analysis.BestRates(group), rank) + "\n"
	}
	return t, nil
}

// bestRateText says which rates are best at one rank. Of seeds whose best rate is not between others that were
// tried, it says where that rate lies and which rates to try.
func bestRateText(best []analysis.BestRate, rank int) string {
	var between, lowest, highest, only, none []float64
	for _, b := range best {
		if b.Rank != rank {
			continue
		}
		where := &none
		switch {
		case b.Between():
			where = &between
		case b.AtEdge() && b.Below == b.Above:
			where = &only
		case b.AtEdge() && b.Below == b.Rate:
			where = &lowest
		case b.AtEdge():
			where = &highest
		}
		*where = append(*where, math.Log(b.Rate))
	}
	text := fmt.Sprintf("rank %d: the best rate is not known", rank)
	if i := stats.MeanInterval(between); i.N > 0 {
		text = fmt.Sprintf("rank %d: the best rate is %s [%s, %s], n = %d", rank, rateText(i.Mean), rateText(i.Low),
			rateText(i.High), i.N)
	}
	if n := len(lowest); n > 0 {
		text += fmt.Sprintf("; for %s it is the lowest rate tried, %s, or lies below it: try lower rates too, "+
			"with --set lr=[…]", number.Count(n, "seed"), rateText(lowest[0]))
	}
	if n := len(highest); n > 0 {
		text += fmt.Sprintf("; for %s it is the highest rate tried, %s, or lies above it: try higher rates too, "+
			"with --set lr=[…]", number.Count(n, "seed"), rateText(highest[0]))
	}
	if n := len(only); n > 0 {
		text += fmt.Sprintf("; for %s a single rate was tried, %s: try lower and higher rates too, with --set lr=[…]",
			number.Count(n, "seed"), rateText(only[0]))
	}
	if n := len(none); n > 0 {
		text += fmt.Sprintf("; for %s no rate tried lowered the loss: try lower rates, with --set lr=[…]",
			number.Count(n, "seed"))
	}
	return text
}

// rateText writes a rate by its logarithm.
func rateText(log float64) string {
	if math.IsNaN(log) {
		return "?"
	}
	return number.Significant(math.Exp(log), 3)
}
