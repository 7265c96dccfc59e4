package paper

import (
	"fmt"
	"slices"

	"ranksweep/analysis"
	"ranksweep/paper/number"
)

// firstStepText sets two powers of rank beside that of the best learning rates of a view: the power
// that the exact law of the best first step comes to at the view's ranks, and the one that was
// measured. A study without exact values of its own takes the law from another, called name, with
// the same optimizer and powers. The text is empty if that one has no such law.
func firstStepText(v View, name string, other View) string {
	for _, g := range analysis.RateGroups(v.arms) {
		i := slices.IndexFunc(other.arms, func(a analysis.Arm) bool {
			return a.Optimizer == g[0].Optimizer && a.Powers == g[0].Powers
		})
		measured, err := analysis.FirstRateExponent(g)
		if i < 0 || err != nil {
			continue
		}
		law, d, ok := other.arms[i].FirstRateLaw(ranksOf(cellsOf(g)))
		if !ok {
			continue
		}
		return fmt.Sprintf(paragraph+"The best first step is another quantity: the single step that would lower "+
			"the loss most if "+
			"the loss were equally curved in all directions. By its exact law, r/(r + D), it has the "+
			"power %s at these "+
			"ranks; D = %s is from theory's exact values in the study %s, for the same maps and a Gaussian "+
			"A. In the runs "+
			"here that step was measured to have the power %s. The power of the best rate of "+
			"the whole run stands above.",
			number.Fixed(law.Value, 2), intervalText(d), name, exponentText(measured))
	}
	return ""
}
