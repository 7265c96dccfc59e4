package paper

import (
	"strings"
	"testing"

	"ranksweep/results"
)

// timed is a study in which a merged model takes the given part of the base's
// time, in each round, while the machine gets ever slower.
func timed(ratios ...float64) Study {
	var s Study
	for round, r := range ratios {
		base := 1 + float64(round)
		s.Inference = append(s.Inference,
			results.Inference{Form: results.Base, Round: round, Seconds: base},
			results.Inference{Form: results.Merged, Rank: 8, Round: round, Seconds: r * base},
			results.Inference{Form: results.Attached, Rank: 8, Round: round, Seconds: 2 * base})
	}
	return s
}

func TestMergedCost(t *testing.T) {
	for want, s := range map[Standing]Study{
		Seen:       timed(1.01, 0.99, 1.00, 1.01),
		NotSeen:    timed(1.20, 1.21, 1.19, 1.20),
		Unresolved: timed(0.7, 1.3, 1, 1.4),
	} {
		f := mergedCost(s)
		if f.Standing != want || !strings.Contains(f.Tables[0].markdown(), "| 2.000 [2.000, 2.000] | 4 |") {
			t.Errorf("%s, want %s: %s", f.Standing, want, f.Text)
		}
	}
	for _, s := range []Study{{}, timed(1)} {
		if f := mergedCost(s); f.Standing != Unresolved {
			t.Errorf("n = %d: %s", len(s.Inference)/3, f.Standing)
		}
	}
}
