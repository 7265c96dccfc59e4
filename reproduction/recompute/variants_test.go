package recompute

import (
	"cmp"
	"math"
	"slices"
)

// methodNames are what sentences call methods other than LoRA.
var methodNames = map[string]string{
	"dora": "DoRA", "pissa": "PiSSA", "adalora": "AdaLoRA", "loha": "LoHa", "vera": "VeRA", "hira": "HiRA",
}

// methodName is what sentences call what trains an arm.
func (a *arm) methodName() string {
	if name, ok := methodNames[a.method()]; ok {
		return name
	}
	return label(a.text("scheme"))
}

// called is what sentences call a cell of the comparison.
func (d *comparison) called(c *cell) string {
	switch d.family {
	case "inits":
		return c.axis("init")
	case "methods":
		return c.of.methodName()
	}
	return label(c.scheme())
}

// withRanks names both cells of a comparison with their ranks.
func (d *comparison) withRanks(between string) say {
	return phrase(d.called(d.cell)+", rank #"+between+d.called(d.reference)+", rank #",
		count(d.cell.rank()), count(d.reference.rank()))
}

// byMethod sorts arms by scheme, and those of a scheme by the method's name: the page knows no order of the grid.
func byMethod(arms []*arm) []*arm {
	return slices.SortedStableFunc(slices.Values(arms), func(a, b *arm) int {
		return cmp.Or(cmp.Compare(placeOf(a.run), placeOf(b.run)), cmp.Compare(a.method(), b.method()))
	})
}

// judgeMethodsEqual compares the cells of each method, by rising rank, with those of LoRA.
func judgeMethodsEqual(_ rule, s *study) finding {
	arms := byMethod(s.arms())
	reference := slices.IndexFunc(arms, func(a *arm) bool { return a.methodName() == "LoRA" })
	var family []*comparison
	for i, a := range arms {
		if reference < 0 || a.rank() > 0 && len(a.cells) != len(arms[reference].cells) {
			family = nil
			break
		}
		if i == reference || a.rank() == 0 {
			continue
		}
		for k, c := range a.cells {
			family = append(family, newComparison("methods", c, arms[reference].cells[k]))
		}
	}
	if len(family) == 0 {
		return lacking("LoRA, and other methods at as many ranks")
	}
	correct(family)
	f := comparedAlike(family)
	f.seen = f.seen.plus(say{text: "\n\n"}, ofFull(arms))
	var parts []float64
	for _, d := range family {
		parts = append(parts, math.Abs(d.diff.mean/d.reference.loss().mean))
	}
	f.seen = f.seen.plus(phrase(" In percent of the loss, which is the source's measure, # of # differences are "+
		"within 1%, "+
		"and the largest is #%.", count(atMost(parts, 0.01)), count(len(parts)), fix(100*slices.Max(parts), 1)))
	f.tables = []wanted{comparisonsTable(family), costsTable(arms)}
	return f
}
