package paper

import (
	"math"
	"slices"
	"strings"
	"testing"

	"ranksweep/metrics"
	"ranksweep/results"
)

// lossAt sets the loss at the end to 2 plus a little noise, and adds to it only at the largest
// rank. Before training the loss is 3, so adapters learn 1 and a difference of 0.1 matters.
func lossAt(top int, more float64) func(r *results.Run) {
	return func(r *results.Run) {
		end := 2 + 0.01*swing(r)
		if r.Rank == top {
			end += more
		}
		endsAt(r, 3, end)
	}
}

// fully is full fine-tuning at several rates; the best learns the given amount.
func fully(learned float64) trial {
	runs := fake{schemes: []string{"full"}, ranks: []int{1}, seeds: 9, steps: 4,
		rates: []float64{3e-5, 1e-4, 1e-3}}.runs()
	return changed(trial{Runs: runs}, func(r *results.Run) {
		r.Rank, r.Alpha, r.Gamma, r.Axes[0].Value, r.Powers = 0, 1, 1, "0", scaling["full"]
		endsAt(r, 3, 3-learned+0.1*math.Abs(math.Log(r.LR/1e-4))+0.01*swing(r))
	})
}

// noisily scatters losses around 2 so widely that nothing can be told.
func noisily(top int) func(r *results.Run) {
	return func(r *results.Run) { endsAt(r, 3, 2+0.4*swing(r)*float64(1+r.Rank/top)) }
}

func lossRulings() []ruling {
	const no, yes, cost, rate = "lora-rank-no-better", "rslora-rank-better", "rank-for-compute", "lora-best-rate"
	ranked := func(change func(r *results.Run)) trial {
		return made([]string{"lora", "rslora"}, []int{4, 32, 256}, 9, change)
	}
	beside := func(learned float64, change func(r *results.Run)) trial { return both(ranked(change), fully(learned)) }
	wild := changed(fully(9), func(r *results.Run) {
		if r.LR == 1e-4 && r.Seed == 0 {
			diverge(r, 2)
		}
		if r.LR != 1e-4 {
			endsAt(r, 3, 1.5)
		}
	})
	var all []ruling
	for claim, of := range map[string]string{no: "lora", yes: "rslora"} {
		all = append(all,
			ruling{"too little learned", claim, beside(5, lossAt(256, -0.5)), Unresolved,
				"learned 20% of what full fine-tuning learned at its best learning rate, 1e-4. That is less than " +
					"the 25%"},
			ruling{"just enough learned", claim,
				beside(3.9, lossAt(256, map[string]float64{no: 0, yes: -0.5}[claim])), Seen, "the scheme learned " +
					"26% of"},
			ruling{"no full fine-tuning", claim, ranked(lossAt(256, -0.5)), Unresolved, "no full fine-tuning"},
			ruling{"full fine-tuning that diverged does not count", claim,
				both(ranked(lossAt(256, map[string]float64{no: 0, yes: -0.5}[claim])), wild), Seen,
				"the scheme learned 67% of"},
			ruling{"too noisy", claim, beside(1.5, noisily(256)), Unresolved, "not separated"},
			ruling{"the other scheme's does not count", claim, beside(1.5, func(r *results.Run) {
				more := map[string]float64{no: 0, yes: -0.5}[claim]
				if r.Scheme != of {
					more = -0.5 - more
				}
				lossAt(256, more)(r)
			}), Seen, ""},
			ruling{"a rank between does not count", claim, beside(1.5, func(r *results.Run) {
				lossAt(256, map[string]float64{no: 0, yes: -0.5}[claim])(r)
				ofRankAlone(32, -0.3)(r)
			}), Seen, ""},
			ruling{"one rank", claim, both(made([]string{"lora", "rslora"}, []int{4}, 9, lossAt(256, 0)),
				fully(1.5)), Unresolved, "lacks two ranks of "},
		)
	}
	all = append(all,
		ruling{"equal", no, beside(1.5, lossAt(256, 0)), Seen, "LoRA: rank 256 vs rank 4. "},
		ruling{"higher", no, beside(1.5, lossAt(256, 0.5)), Seen, "higher"},
		ruling{"lower by a little", no, beside(1.5, lossAt(256, -0.04)), Seen, "lower, within the margin"},
		ruling{"lower by much", no, beside(1.5, lossAt(256, -0.5)), NotSeen, "which is -50.0% of what the reference " +
			"learned"},
		ruling{"lower", yes, beside(1.5, lossAt(256, -0.5)), Seen, "rsLoRA: rank 256 vs rank 4. "},
		ruling{"lower by a little", yes, beside(1.5, lossAt(256, -0.04)), Seen, "lower, within the margin"},
		ruling{"equal", yes, beside(1.5, lossAt(256, 0)), NotSeen, "equivalent"},
		ruling{"higher", yes, beside(1.5, lossAt(256, 0.5)), NotSeen, ""},
	)
	return slices.Concat(all, costRulings(cost), defaultRateRulings(rate))
}

// ofRankAlone adds to the loss at the end at a single rank.
func ofRankAlone(rank int, more float64) func(r *results.Run) {
	return func(r *results.Run) {
		if r.Rank == rank {
			r.Curve[len(r.Curve)-1].Values[metrics.ValLoss] += more
		}
	}
}

func costRulings(claim string) []ruling {
	costing := func(dear float64, change func(r *results.Run)) trial {
		return both(made([]string{"rslora"}, []int{4, 256}, 9, func(r *results.Run) {
			change(r)
			r.Flops, r.FactoredFlops, r.Bytes = 1e12, 2e12, 1<<20
			if r.Rank == 256 {
				r.Flops *= dear
			}
		}), fully(1.5))
	}
	return []ruling{
		{"lower at equal cost", claim, costing(1.04, lossAt(256, -0.5)), Seen, "lower"},
		{"lower by a little", claim, costing(0.96, lossAt(256, -0.04)), Seen, "lower, within the margin"},
		{"equal at equal cost", claim, costing(1, lossAt(256, 0)), NotSeen, ""},
		{"higher at equal cost", claim, costing(1, lossAt(256, 0.5)), NotSeen, ""},
		{"lower, and dearer", claim, costing(1.07, lossAt(256, -0.5)), Unresolved, "The costs are 7% apart"},
		{"lower, and cheaper", claim, costing(0.5, lossAt(256, -0.5)), Unresolved, "The costs are 50% apart"},
		{"higher, and dearer", claim, costing(2, lossAt(256, 0.5)), Unresolved, "The costs are 100% apart"},
		{"too noisy", claim, costing(1, noisily(256)), Unresolved, "not separated"},
		{"no costs", claim, made([]string{"rslora"}, []int{4, 256}, 9, lossAt(256, -0.5)), Unresolved,
			"no comparison at equal cost"},
		{"LoRA alone", claim, made([]string{"lora"}, []int{4, 256}, 9, lossAt(256, -0.5)), Unresolved,
			"lacks two ranks of rsLoRA"},
	}
}

// The costs stand beside the losses.
func TestTableOfCosts(t *testing.T) {
	f := costGain(claimOf(t, "rank-for-compute").Rule, costRulings("")[0].study.view())
	_, rows := f.Tables[0].Texts()
	if got := strings.Join(rows[0], " | "); f.Tables[0].Name != "costs" || len(rows) != 5 ||
		!strings.Contains(got, "| 4 | 4 | 5e-5 | 2 | 1 | 1 |") {
		t.Errorf("%d rows, the first %q", len(rows), got)
	}
}

func defaultRateRulings(claim string) []ruling {
	rates := []float64{5e-5, 5e-4, 5e-3, 5e-2}
	study := func(rslora float64, width float64, change func(r *results.Run)) trial {
		s := trial{Runs: slices.Concat(
			fake{schemes: []string{"lora"}, ranks: []int{4}, seeds: 9, steps: 4, rates: rates}.runs(),
			fake{schemes: []string{"rslora"}, ranks: []int{2048}, seeds: 9, steps: 4}.runs())}
		return changed(s, func(r *results.Run) {
			end := rslora
			if r.Scheme == "lora" {
				end = 2 + 0.05*math.Pow(math.Log10(r.LR/5e-3), 2)
			}
			endsAt(r, 3, end+width*swing(r))
			if change != nil {
				change(r)
			}
		})
	}
	return []ruling{
		{"rsLoRA lower", claim, study(1.8, 0.01, nil), Seen, "the best of 4 rates, 0.005, ends at 2.0000"},
		{"rsLoRA lower than all but the best", claim, study(2.04, 0.01, nil), NotSeen, "higher"},
		{"rsLoRA higher", claim, study(2.5, 0.01, nil), NotSeen, "higher"},
		{"the same", claim, study(2, 0.01, nil), NotSeen, "equivalent"},
		{"too noisy", claim, study(2, 1, nil), Unresolved, "not separated"},
		{"a rate at which one run diverged is not the best", claim, study(2.02, 0.01, func(r *results.Run) {
			if r.LR == 5e-3 && r.Seed == 1 {
				diverge(r, 2)
			}
		}), Seen, "the best of 4 rates, 5e-4,"},
		{"the best rate at the edge", claim, study(1.8, 0.01, ofScheme("lora", func(r *results.Run) {
			endsAt(r, 3, 2-r.LR+0.01*swing(r))
		})), Seen, "0.05, which lies at the edge of those tried,"},
		{"LoRA diverged at every rate", claim, study(1.8, 0.01,
			ofScheme("lora", func(r *results.Run) { diverge(r, 2) })), Unresolved, "lacks LoRA or rsLoRA"},
		{"LoRA alone", claim, trial{Runs: ofSchemes(study(1.8, 0.01, nil), "lora")}, Unresolved,
			"lacks LoRA or rsLoRA"},
		{"rsLoRA alone", claim, trial{Runs: ofSchemes(study(1.8, 0.01, nil), "rslora")}, Unresolved,
			"lacks LoRA or rsLoRA"},
	}
}

// A claim of no gain rests on its difference, and on what was learned compared with full
// fine-tuning.
func TestNumbersOfRankGain(t *testing.T) {
	ranked := made([]string{"lora"}, []int{4, 256}, 9, lossAt(256, -0.5))
	f := rankGain(claimOf(t, "lora-rank-no-better").Rule, both(ranked, fully(1.5)).view())
	if len(f.Numbers) != 2 || f.Numbers[0].Name != "difference of losses, rank 256 - 4, LoRA" ||
		math.Abs(f.Numbers[0].Value+0.5) > 1e-9 {
		t.Fatalf("%+v", f.Numbers)
	}
	if n := f.Numbers[1]; n.Name != "share of what full fine-tuning learned" || math.Abs(n.Value-1/1.5) > 1e-9 ||
		!math.IsNaN(n.Low) {
		t.Errorf("%+v", n)
	}
	if text := markdownOf(f.Tables); !strings.Contains(text, "| LoRA: rank 256 vs rank 4 |") ||
		strings.Contains(text, "full") {
		t.Error(text)
	}
	diverged := changed(made([]string{"lora"}, []int{4, 256}, 9, lossAt(256, -0.5)), func(r *results.Run) {
		if r.Rank == 256 && r.Seed < 2 {
			diverge(r, 2)
		}
	})
	f = rankGain(claimOf(t, "lora-rank-no-better").Rule, both(diverged, fully(1.5)).view())
	if !strings.Contains(f.Text, "(2 runs diverged)") {
		t.Error(f.Text)
	}
}
