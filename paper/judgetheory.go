package paper

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ranksweep/metrics"
	"ranksweep/results"
)

// theoryPowers counts the exponents that agree with theory.
func theoryPowers(s Study) Finding {
	arms := results.Arms(s.Runs)
	statistics := predictedStatistics(arms)
	agree, holding, all, far := 0, 0, 0, 0.0
	for _, a := range arms {
		for _, statistic := range statistics {
			e, err := a.Exponent(statistic)
			if err != nil || !finite(e.Predicted) {
				continue
			}
			all++
			target := e.Predicted
			if finite(e.Exact) {
				target = e.Exact
			}
			far = math.Max(far, math.Abs(e.Value-target))
			if e.Low <= target && target <= e.High {
				holding++
			}
			if e.Agreement(near) == metrics.Agrees {
				agree++
			}
		}
	}
	f := Finding{
		Standing: Unresolved,
		Text: fmt.Sprintf("%d of %d fitted powers agree with theory, as nine of ten must. The farthest is %s off; %d of the intervals hold theory's. "+
			"Where ranks come near the maps' width that is the power of the exact values at these ranks, the column exact.", agree, all, fixed(far, 3), holding),
		Tables: []Table{exponentsTable(arms, statistics)},
	}
	if all > 0 && 10*agree >= 9*all {
		f.Standing = Seen
	} else if all > 0 {
		f.Standing = NotSeen
	}
	return f
}

// exactValues counts the cells whose mean is within two standard errors of what
// theory expects. Of independent ones that are 95%. A ratio is left out: what is
// expected of it is not its mean.
func exactValues(s Study) Finding {
	within, all := 0, 0
	var off []string
	for _, c := range results.Cells(s.Runs) {
		for _, statistic := range metrics.Statistics {
			over := c.OverExpected(statistic)
			if over.N < 3 || statistic.Theory.Ratio() {
				continue
			}
			all++
			if math.Abs(over.Mean-1) <= 2*over.SE() {
				within++
			} else {
				off = append(off, fmt.Sprintf("%s under %s and %s at rank %d, %s", statistic.Label, schemeLabel(c.Scheme), c.Optimizer, c.Rank, intervalText(over)))
			}
		}
	}
	if all == 0 {
		return Finding{Standing: Unresolved, Text: "No cell has three seeds and an exact expectation."}
	}
	share := float64(within) / float64(all)
	standing := NotSeen
	if share >= 0.9 {
		standing = Seen
	}
	f := Finding{Standing: standing, Text: fmt.Sprintf("%d of %d means over seeds, %s%%, are within two standard errors of the exact expectation, one a statistic, rank, scheme and optimizer, "+
		"as nine of ten must. By chance it would be 95%% of independent ones; these share their A's, and err together.", within, all, fixed(100*share, 1))}
	if len(off) > 0 && len(off) <= foldedRows {
		f.Text += " Not within: " + strings.Join(off, "; ") + " times what is expected."
	}
	return f
}

// phasePoints holds the loss drop's power to 0 where learning should be free of
// rank, and away from it where the other optimizer's should.
func phasePoints(s Study) Finding {
	var arms []results.Arm
	for _, g := range results.RateGroups(results.Arms(s.Runs)) {
		a := g[0]
		if a.Scheme, _, _ = strings.Cut(a.Scheme, "@"); a.Scheme == "lora" || a.Scheme == "rslora" {
			arms = append(arms, a)
		}
	}
	judge := slices.DeleteFunc(verdicts(arms, metrics.LossDropFirst), func(v metrics.Agreement) bool {
		return v == metrics.NoPrediction
	})
	return Finding{Standing: judged(judge), Text: "Every predicted power of rank must agree with what was fitted.",
		Tables: []Table{exponentsTable(arms, []metrics.Statistic{metrics.LossDropFirst})}}
}
