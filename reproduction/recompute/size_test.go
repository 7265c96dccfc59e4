package recompute

import (
	"cmp"
	"slices"
	"strings"
)

// sizeOf is the size in a title: optimizers, learning rates, steps of tokens, ranks, seeds.
func sizeOf(arms []*arm) say {
	if len(arms) == 0 {
		return say{}
	}
	var names []string
	for _, g := range grouped(arms, func(a *arm) string { return a.text("optimizer") }) {
		names = append(names, g[0].text("optimizer"))
	}
	parts := []say{{text: strings.Join(names, ", ")}, ratesSaid(arms), stepsSaid(arms)}
	if all := slices.DeleteFunc(ranksOf(arms), func(r int) bool { return r == 0 }); len(all) > 0 {
		parts = append(parts, ranksSaid(all), fullSaid(arms, all))
	}
	var seeds []int
	for _, c := range cellsOf(arms) {
		seeds = append(seeds, len(c.runs))
	}
	slices.Sort(seeds)
	parts = append(parts, fromTo("n =", "n =", seeds))
	return join(slices.DeleteFunc(parts, func(s say) bool { return s.text == "" }), "; ")
}

// ranksSaid names up to four ranks, and of more the first and the last.
func ranksSaid(ranks []int) say {
	n := len(ranks)
	switch {
	case n == 1:
		return phrase("rank #", count(ranks[0]))
	case n > 4:
		return phrase("# ranks from # to #", count(n), count(ranks[0]), count(ranks[n-1]))
	}
	var all []say
	for _, r := range ranks[:n-1] {
		all = append(all, one(count(r)))
	}
	return say{text: "ranks "}.plus(join(all, ", "), phrase(" and #", count(ranks[n-1])))
}

// fromTo is a range of numbers, or a single number.
func fromTo(one, several string, sorted []int) say {
	if first, last := sorted[0], sorted[len(sorted)-1]; first != last {
		return phrase(several+" # to #", count(first), count(last))
	}
	return phrase(one+" #", count(sorted[0]))
}

// ratesSaid are the learning rates of adapters.
func ratesSaid(arms []*arm) say {
	if slices.Contains(arms[0].tuned, "lr") {
		return say{text: "each at its own learning rate"}
	}
	var rates []float64
	for _, c := range cellsOf(arms) {
		if c.scheme() != "full" {
			rates = append(rates, c.lr)
		}
	}
	slices.Sort(rates)
	switch n := len(rates); {
	case n == 0:
		return say{}
	case same(rates[0], rates[n-1]):
		return phrase("learning rate #", plain(rates[0])).plus(ofA(arms))
	default:
		return phrase("learning rates # to #", plain(rates[0]), plain(rates[n-1])).plus(ofA(arms))
	}
}

// ofA is A's own learning rate, or the largest of them.
func ofA(arms []*arm) say {
	own := slices.DeleteFunc(settings(arms, "train.lr_a"), func(rate float64) bool { return rate == 0 })
	switch len(own) {
	case 0:
		return say{}
	case 1:
		return phrase(", of A #", plain(own[0]))
	default:
		return phrase(", of A up to #", plain(slices.Max(own)))
	}
}

// stepsSaid are the steps and, if all runs agree on it, the tokens of each.
func stepsSaid(arms []*arm) say {
	steps := settings(arms, "train.steps")
	batch, context := settings(arms, "train.batch"), settings(arms, "train.context")
	if len(steps) == 0 {
		return say{text: " steps"}
	}
	first, last := steps[0], steps[len(steps)-1]
	s := phrase("# steps", plain(first))
	if first != last {
		s = phrase("# to # steps", plain(first), plain(last))
	} else if first == 1 {
		s = phrase("# step", plain(first))
	}
	if len(batch) == 1 && len(context) == 1 {
		s = s.plus(phrase(" of up to # × # tokens", plain(batch[0]), plain(context[0])))
	}
	return s
}

// settings are the values of a field of configs, each once, in rising order.
func settings(arms []*arm, path string) (values []float64) {
	for _, c := range cellsOf(arms) {
		if c.text("config."+path) != "" {
			values = append(values, c.num("config."+path))
		}
	}
	slices.SortFunc(values, cmp.Compare[float64])
	return slices.Compact(values)
}
