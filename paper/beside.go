package paper

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"ranksweep/analysis"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
)

// besideText gives what another study measured of a rule's statistics, by scheme, beside a claim's own study;
// empty if it has none. Of arms of one scheme the first counts: before the first step they differ in nothing.
func besideText(r Rule, own View, name string, other View) string {
	var all, both, alone, together []string
	var fits []fit
	seeds := 0
	for _, scheme := range r.Schemes {
		a, ok := firstArm(own, scheme)
		b, found := firstArm(other, scheme)
		if !ok || !found {
			continue
		}
		for _, s := range r.statistics() {
			e, err := b.Exponent(s)
			if err != nil {
				continue
			}
			all, seeds = append(all, fmt.Sprintf("%s under %s", exponentText(e), schemeLabel(scheme))), e.Seeds
			mean := stats.MeanInterval(sharedPowers(a, b, s))
			low, _ := e.Theory()
			here, _ := a.Exponent(s)
			fits = append(fits, fit{arm: a, statistic: s, Exponent: here})
			alone = append(alone, number.Significant(here.P(), 2))
			together = append(together, number.Significant(mean.P(low), 2))
			both = append(both, fmt.Sprintf("%s [%s, %s] under %s", number.Fixed(mean.Mean, 4),
				number.Fixed(mean.Low, 4), number.Fixed(mean.High, 4), schemeLabel(scheme)))
		}
	}
	if len(all) == 0 {
		return ""
	}
	one := ""
	if len(all) > 1 && len(distinctFits(fits)) == 1 { // of which each p would be there twice
		one, together, alone = "These are one measurement. ", together[:1], alone[:1]
	}
	return fmt.Sprintf(" The study %s measured the same powers on the same model and seeds with %s, where this "+
		"study has %s: %s (n = %d). Averaged over both studies, seed by seed: %s. %sA test that theory is right has "+
		"p = %s for both studies together, and p = %s for this one alone; if theory is right, p is at most %s in one "+
		"study of %s. No standing rests on both together.", name, drawnText(other), drawnText(own),
		strings.Join(all, ", "), seeds, strings.Join(both, ", "), one, strings.Join(together, " and "),
		strings.Join(alone, " and "), number.Brief(fewFalse), number.Brief(1/fewFalse))
}

func firstArm(v View, scheme string) (a analysis.Arm, ok bool) {
	i := slices.IndexFunc(v.arms, func(a analysis.Arm) bool { return a.Scheme == scheme })
	if i < 0 {
		return a, false
	}
	return v.arms[i], true
}

// sharedPowers are the powers of rank of the seeds that both arms have, each the mean of the two arms'.
func sharedPowers(a, b analysis.Arm, s metrics.Statistic) (powers []float64) {
	x, y := seedPowers(a, s), seedPowers(b, s)
	for _, seed := range slices.Sorted(maps.Keys(x)) {
		if other, ok := y[seed]; ok {
			powers = append(powers, (x[seed]+other)/2)
		}
	}
	return powers
}

func seedPowers(a analysis.Arm, s metrics.Statistic) map[uint64]float64 {
	bySeed := make(map[uint64][]stats.Observation)
	for _, o := range a.Observations(s) {
		bySeed[o.Seed] = append(bySeed[o.Seed], o)
	}
	powers := make(map[uint64]float64)
	for seed, obs := range bySeed {
		if e, err := stats.FitExponent(obs); err == nil {
			powers[seed] = e.Value
		}
	}
	return powers
}

// drawnText says how A is drawn, and the ranks.
func drawnText(v View) string {
	nested := "one A for all ranks"
	if v.cells[0].Field("adapter.fresh") == "true" {
		nested = "a fresh A for every rank"
	}
	return fmt.Sprintf("init %s, %s and %s", v.cells[0].Field("adapter.init"), nested, ranksText(v.ranks))
}
