package paper

import (
	"fmt"
	"slices"
	"strings"

	"ranksweep/analysis"
)

// besideText gives what another study measured of a rule's statistics, by scheme, beside a claim's own study;
// empty if it has none. Of arms of one scheme the first counts: before the first step they differ in nothing.
func besideText(r Rule, own View, name string, other View) string {
	var all []string
	seeds := 0
	for _, scheme := range r.Schemes {
		b, found := firstArm(other, scheme)
		if !found {
			continue
		}
		for _, s := range r.statistics() {
			if e, err := b.Exponent(s); err == nil {
				all, seeds = append(all, fmt.Sprintf("%s under %s", exponentText(e), schemeLabel(scheme))), e.Seeds
			}
		}
	}
	if len(all) == 0 {
		return ""
	}
	which := "the same seeds"
	if !sharesSeeds(own, other) {
		which = "other seeds"
	}
	return fmt.Sprintf(" The study %s measured the same powers on the same model and %s with %s, where this study "+
		"has %s: %s (n = %d). No standing rests on it.", name, which, drawnText(other), drawnText(own),
		strings.Join(all, ", "), seeds)
}

// sharesSeeds reports whether two studies have a seed in common.
func sharesSeeds(a, b View) bool {
	has := make(map[uint64]bool)
	for _, c := range a.cells {
		for _, r := range c.Runs {
			has[r.Seed] = true
		}
	}
	return slices.ContainsFunc(b.cells, func(c analysis.Cell) bool {
		return slices.ContainsFunc(c.Runs, func(r analysis.Row) bool { return has[r.Seed] })
	})
}

func firstArm(v View, scheme string) (a analysis.Arm, ok bool) {
	i := slices.IndexFunc(v.arms, func(a analysis.Arm) bool { return a.Scheme == scheme })
	if i < 0 {
		return a, false
	}
	return v.arms[i], true
}

// drawnText says how A is drawn, and the ranks.
func drawnText(v View) string {
	nested := "one A for all ranks"
	if v.cells[0].Field("adapter.fresh") == "true" {
		nested = "a fresh A for every rank"
	}
	return fmt.Sprintf("init %s, %s and %s", v.cells[0].Field("adapter.init"), nested, ranksText(v.ranks))
}
