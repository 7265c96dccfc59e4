package paper

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"ranksweep/analysis"
)

// rateCounts counts best rates, one for each rank and seed.
type rateCounts struct {
	all     int // also where no run ended below the loss where it began
	between int // lie between other rates that were tried
	beside  int // of these, lie next to a rate whose run diverged or ended above the loss where it began
	edges   int // are the lowest or the highest rate tried

	best []analysis.BestRate // all
}

func (n *rateCounts) add(best []analysis.BestRate) {
	n.best = append(n.best, best...)
	for _, b := range best {
		n.all++
		switch {
		case b.Edge:
			n.edges++
		case b.Between():
			n.between++
			if b.Wall {
				n.beside++
			}
		}
	}
}

// besideText says how many best rates have no parabola; empty if all have one.
func (n rateCounts) besideText() string {
	if n.beside == 0 {
		return ""
	}
	return fmt.Sprintf(" %s next to a rate at which the run ended above the loss where it began, or diverged: %s. "+
		"Such a best rate is used as it was tried, without a parabola. It is known to within a step of the rates "+
		"tried, which intervals over seeds leave out.", lying(n.beside), n.byRank(func(b analysis.BestRate) bool {
		return b.Wall && b.Between()
	}))
}

// byRank counts the best rates of a kind, rank by rank.
func (n rateCounts) byRank(is func(analysis.BestRate) bool) string {
	all, of := make(map[int]int), make(map[int]int)
	for _, b := range n.best {
		all[b.Rank]++
		if is(b) {
			of[b.Rank]++
		}
	}
	var counts []string
	for _, rank := range slices.Sorted(maps.Keys(of)) {
		counts = append(counts, fmt.Sprintf("rank %d (%d of %d)", rank, of[rank], all[rank]))
	}
	return strings.Join(counts, ", ")
}

// leftOut says how many best rates are missing from points and from fits, and why. fitted is
// the number of best rates in the fits.
func (n rateCounts) leftOut(fitted int) string {
	text := ""
	if n.edges > 0 {
		text += fmt.Sprintf(" Left out: %s at an edge of those tried, %s. The mark there, a plus, is a mean of "+
			"the other seeds, which are no chance sample.", bestRates(n.edges), n.byRank(analysis.BestRate.AtEdge))
	}
	if none := n.all - n.between - n.edges; none > 0 {
		text += fmt.Sprintf(" %d of %d ranks and seeds have no best rate: no run ended below the loss where it began.",
			none, n.all)
	}
	if lone := n.between - fitted; lone > 0 {
		text += fmt.Sprintf(" Left out of the fits only: %s where a seed has no other.", bestRates(lone))
	}
	return text
}

// bestRates counts them in words: "1 best rate".
func bestRates(n int) string {
	if n == 1 {
		return "1 best rate"
	}
	return fmt.Sprintf("%d best rates", n)
}

// lying is how a sentence on n best rates begins: "1 best rate lies".
func lying(n int) string {
	if n == 1 {
		return bestRates(n) + " lies"
	}
	return bestRates(n) + " lie"
}
