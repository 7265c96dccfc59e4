package paper

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ranksweep/analysis"
	"ranksweep/grid"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/paper/number"
)

// methodsEqual judges the claim that every method is equivalent to LoRA, size by size, each at its own learning rates.
func methodsEqual(_ Rule, v View) Finding {
	family := methodComparisons(v)
	if len(family) == 0 {
		return lacking("LoRA, and other methods at as many ranks")
	}
	f := allMatch(v, family, costsTable(v))
	within, most := 0, 0.0
	for _, d := range family {
		of := math.Abs(d.Difference.Mean / d.ReferenceMean)
		if most = math.Max(most, of); of <= 0.01 {
			within++
		}
	}
	f.Text += fmt.Sprintf(" In percent of the loss, which is the source's measure, %d of %d differences are "+
		"within 1%%, and "+
		"the largest is %s%%.", within, len(family), number.Fixed(100*most, 1))
	return f
}

// methodComparisons compares each method with LoRA, the smallest rank of one with the smallest of the other, and so
// on: where methods have as many parameters, their ranks need not be equal. There are none if a method has more ranks
// or fewer.
func methodComparisons(v View) (family []comparison) {
	arms := make([][]armCell, len(v.arms))
	reference := slices.IndexFunc(v.arms, func(a analysis.Arm) bool {
		return methodOf(a) == lora.DefaultMethod && a.Scheme == "lora"
	})
	if reference < 0 {
		return nil
	}
	for _, c := range v.armCells() {
		arms[c.arm] = append(arms[c.arm], c)
	}
	for i, cells := range arms {
		if i == reference || !v.arms[i].Ranked() {
			continue
		}
		if len(cells) != len(arms[reference]) {
			return nil
		}
		for k, c := range cells {
			family = append(family, newComparison(methodFamily, c, arms[reference][k], metrics.ValLossFinal))
		}
	}
	correct(family)
	return family
}

// methodLabel is what people call the method of a setting; of LoRA, and of full fine-tuning, it is the scheme's name.
func methodLabel(s analysis.Setting) string {
	if s.Method == "" || s.Method == lora.DefaultMethod || s.Method == lora.FullMethod {
		return schemeLabel(s.Scheme)
	}
	name, _, found := strings.Cut(lora.MethodText(s.Method), " (")
	if !found || strings.Contains(name, " ") {
		return s.Method
	}
	return name
}

// name is what sentences call one of the two cells of a comparison.
func (d comparison) name(c analysis.Cell) string {
	switch d.family {
	case initFamily:
		return grid.ValueOf(c.Axes, "init")
	case methodFamily:
		return methodLabel(c.Setting)
	}
	return schemeLabel(c.Scheme)
}

// withRanks names both cells of a comparison with their ranks.
func (d comparison) withRanks(between string) string {
	named := func(c analysis.Cell) string { return fmt.Sprintf("%s, rank %d", d.name(c), c.Rank) }
	return named(d.Cell) + between + named(d.Reference)
}
