package paper

import (
	"strings"
	"testing"

	"ranksweep/results"
)

// timed is a study in which a merged model takes the given multiple of the base model's time
// in each round, while the machine gets ever slower.
func timed(ratios ...float64) trial {
	var s trial
	for round, r := range ratios {
		base := 1 + float64(round)
		s.Inference = append(s.Inference,
			results.Inference{Placement: results.Base, Round: round, Seconds: base},
			results.Inference{Placement: results.Merged, Rank: 8, Round: round, Seconds: r * base},
			results.Inference{Placement: results.Attached, Rank: 8, Round: round, Seconds: 2 * base})
	}
	return s
}

// ofRank has the same timings at another rank.
func ofRank(rank int, s trial) trial {
	for i, t := range s.Inference {
		if t.Placement != results.Base {
			s.Inference[i].Rank = rank
		}
	}
	return s
}

func inferenceRulings() []ruling {
	const claim = "merged-inference"
	free, dear := timed(1.01, 0.99, 1.00, 1.01), timed(1.20, 1.21, 1.19, 1.20)
	two := func(a, b trial) trial {
		return trial{Inference: append(ofRank(4, a).Inference, ofRank(64, b).Inference...)}
	}
	return []ruling{
		{"free", claim, free, Seen, ""},
		{"a fifth dearer", claim, dear, NotSeen, ""},
		{"noisy", claim, timed(0.7, 1.3, 1, 1.4), Unresolved, ""},
		{"faster than the base", claim, timed(0.8, 0.81, 0.79, 0.8), Unresolved, ""},
		{"one round", claim, timed(1), Unresolved, ""},
		{"the base alone", claim, trial{Inference: timed(1).Inference[:1]}, Unresolved, ""},
		{"one rank of two is dearer", claim, two(timed(1.01, 0.99, 1), timed(1.2, 1.21, 1.19)), NotSeen, ""},
		{"one rank of two is noisy", claim, two(timed(1.01, 0.99, 1), timed(0.7, 1.3, 1)), Unresolved, ""},
		{"one is dearer and one noisy", claim, two(timed(1.2, 1.21, 1.19), timed(0.7, 1.3, 1)), NotSeen, ""},
		{"one is noisy and one dearer", claim, two(timed(0.7, 1.3, 1), timed(1.2, 1.21, 1.19)), NotSeen, ""},
	}
}

func TestTableOfMergedCost(t *testing.T) {
	f := mergedCost(claimOf(t, "merged-inference").Rule, timed(1.01, 0.99, 1.00, 1.01).view())
	if text := markdownOf(f.Tables); !strings.Contains(text, "| 2.000 [2.000, 2.000] | 4 |") {
		t.Error(text)
	}
	if len(f.Numbers) != 1 || f.Numbers[0].Name != "time merged over the base's, rank 8" {
		t.Errorf("%+v", f.Numbers)
	}
}
