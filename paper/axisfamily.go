package paper

import (
	"slices"

	"ranksweep/analysis"
	"ranksweep/metrics"
)

// allComparisons are comparisons of schemes and of ranks and, along every other axis, of each of its values with the
// first or with the one that was chosen.
func allComparisons(v View, s metrics.Statistic) []comparison {
	all := comparisonsOf(v, s)
	for _, t := range v.axes() {
		all = append(all, v.alongAxis(t, s)...)
	}
	return all
}

// axes are the traits along which arms are compared. Of those that tell the same arms apart only the first is one;
// the learning rate comes last, since it is often chosen for another.
func (v View) axes() (axes []trait) {
	all := withoutRate(v.differing)
	if i := slices.IndexFunc(v.differing, func(t trait) bool { return t.name == learningRate }); i >= 0 {
		all = append(all, v.differing[i])
	}
	for _, t := range all {
		if t.isOfMaterial() || followsFromScheme(t, v.arms) {
			continue
		}
		if !slices.ContainsFunc(axes, func(o trait) bool { return t.follows(o) && o.follows(t) }) {
			axes = append(axes, t)
		}
	}
	return axes
}

// follows reports whether arms that are equal in the other trait are equal in this one.
func (t trait) follows(other trait) bool {
	of := make(map[string]string)
	for i, value := range t.values {
		if first, seen := of[other.values[i]]; seen && first != value {
			return false
		}
		of[other.values[i]] = value
	}
	return true
}

// alongAxis compares cells that differ in a trait, and in what follows from it.
func (v View) alongAxis(t trait, s metrics.Statistic) (family []comparison) {
	others := slices.DeleteFunc(slices.Clone(v.differing), func(o trait) bool { return o.follows(t) })
	all, reference := v.armCells(), v.referenceOn(t)
	for _, c := range all {
		if t.values[c.arm] == reference {
			continue
		}
		r := slices.IndexFunc(all, func(r armCell) bool {
			another := func(o trait) bool { return o.values[r.arm] != o.values[c.arm] }
			return t.values[r.arm] == reference && r.Scheme == c.Scheme && r.Rank == c.Rank &&
				!slices.ContainsFunc(others, another)
		})
		if r >= 0 {
			d := comparedBy(analysis.CompareOptimizers, t.name, c, all[r], s)
			d.axis = &t
			family = append(family, d)
		}
	}
	correct(family)
	return family
}

// referenceOn is the value on an axis that others are compared with.
func (v View) referenceOn(t trait) string {
	if chosen := v.against[t.field]; chosen != "" {
		return chosen
	}
	return t.values[0]
}
