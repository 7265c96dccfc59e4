package paper

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"ranksweep/analysis"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/paper/table"
	"ranksweep/results"
)

// ruling is a study that should give a claim a standing.
type ruling struct {
	name  string
	claim string // its key: the rule is the claim's own
	study trial
	want  Standing
	says  string // in the finding's text; empty for nothing to look for
}

// rulings are the rulings for all tests, from the files that are named after the judges'
// files.
func rulings() []ruling {
	return slices.Concat(gradientRulings(), powerRulings(), exactRulings(), lossRulings(), tunedRulings(),
		variantRulings(), initRulings(), rateRulings(), transferRulings(), inferenceRulings())
}

// Every test, with everything that a rule can want of it, reaches each standing on data that
// call for it.
func TestEveryTestReachesEveryStanding(t *testing.T) {
	reached := make(map[string]map[Standing]bool)
	for _, c := range claims {
		reached[c.Rule.Test+" "+c.Rule.Wants] = make(map[Standing]bool)
	}
	all, ran := rulings(), 0
	for _, x := range all {
		t.Run(x.claim+"/"+x.name, func(t *testing.T) {
			ran++
			c := claimOf(t, x.claim)
			f := tests[c.Rule.Test](c.Rule, x.study.view())
			if f.Standing != x.want || !strings.Contains(f.Text, x.says) {
				t.Errorf("%s, want %s and %q: %s\n%s", f.Standing, x.want, x.says, f.Text, markdownOf(f.Tables))
			}
			reached[c.Rule.Test+" "+c.Rule.Wants][f.Standing] = true
		})
	}
	if ran < len(all) {
		return // some were asked for by name
	}
	for _, test := range slices.Sorted(maps.Keys(reached)) {
		for _, s := range []Standing{Seen, NotSeen, Unresolved} {
			if !reached[test][s] {
				t.Errorf("no data lead test %s to %q", test, s)
			}
		}
	}
	for test := range tests {
		if !slices.ContainsFunc(claims, func(c Claim) bool { return c.Rule.Test == test }) {
			t.Errorf("no claim is judged by test %s", test)
		}
	}
}

// claimOf is the claim with a key.
func claimOf(t *testing.T, key string) Claim {
	t.Helper()
	i := slices.IndexFunc(claims, func(c Claim) bool { return c.Key == key })
	if i < 0 {
		t.Fatalf("no claim %q", key)
	}
	return claims[i]
}

func markdownOf(tables []table.Table) (text string) {
	for _, t := range tables {
		text += t.Markdown() + "\n"
	}
	return text
}

// A study of one scheme at one rank lacks what every test needs, and says so.
func TestLackingStudies(t *testing.T) {
	one := made([]string{"lora"}, []int{4}, 3, nil)
	for _, c := range claims {
		if c.Rule.Study == InferenceStudy {
			continue // it has no runs
		}
		if f := tests[c.Rule.Test](c.Rule, one.view()); f.Standing != Unresolved ||
			!strings.Contains(f.Text, "The study lacks ") {
			t.Errorf("%s: %s, %q", c.Key, f.Standing, f.Text)
		}
	}
}

// Comparisons of losses have their own level and margin. A rule with others would say what is
// not so.
func TestRulesOnLossesSayWhatIsDone(t *testing.T) {
	for _, c := range claims {
		if margin, ok := c.Rule.Limits["margin"]; ok && margin != learnedMargin {
			t.Errorf("%s: margin %g, and comparisons take %g", c.Key, margin, learnedMargin)
		}
		if l, ok := c.Rule.Limits["level"]; ok && l != level {
			t.Errorf("%s: level %g, and comparisons take %g", c.Key, l, level)
		}
	}
}

// A rule that lacks what its test needs, or names what does not exist, panics with a message.
func TestRulesThatLackSomething(t *testing.T) {
	s := normed(rightNorms)
	for want, judge := range map[string]func(){
		`rule powers/1 of study x has no limit "tolerance"`: func() {
			powers(Rule{Test: "powers/1", Study: "x", Statistics: []string{"grad_norm_onset"}}, s.view())
		},
		`rule powers/1 of study x names no statistic: "speed"`: func() {
			powers(Rule{Test: "powers/1", Study: "x", Statistics: []string{"speed"}}, s.view())
		},
		`a rule wants "half" of best rates`: func() { claimedPower("half", stats.Exponent{}, analysis.Arm{}) },
		`unsupported value: NaN`:            func() { Rule{Limits: map[string]float64{"x": math.NaN()}}.Hash() },
	} {
		func() {
			defer func() {
				if said := fmt.Sprint(recover()); !strings.Contains(said, want) {
					t.Errorf("said %q, want %q", said, want)
				}
			}()
			judge()
		}()
	}
}

// made is a study of runs of four steps, each changed by a function.
func made(schemes []string, ranks []int, seeds int, change func(r *results.Run)) trial {
	runs := fake{schemes: schemes, ranks: ranks, seeds: seeds, steps: 4}.runs()
	for i := range runs {
		if change != nil {
			change(&runs[i])
		}
	}
	return trial{Runs: runs}
}

// under gives runs another optimizer.
func under(optimizer string, s trial) trial {
	for i := range s.Runs {
		r := &s.Runs[i]
		r.Optimizer, r.ID, r.Cell = optimizer, optimizer+"-"+r.ID, optimizer+"-"+r.Cell
	}
	return s
}

// both is a study with the runs of several studies.
func both(parts ...trial) (all trial) {
	for _, p := range parts {
		all.Runs, all.rows = append(all.Runs, p.Runs...), append(all.rows, p.rows...)
	}
	return all
}

// swing alternates over seeds, by a different amount for each, and has mean 0 over nine seeds
// from 0 on. It differs by rank and scheme, so that no two cells move together.
func swing(r *results.Run) float64 {
	k := uint64(math.Log2(float64(max(1, r.Rank)))) + uint64(4*r.Powers.P)
	steps := []float64{-4, 3, -2, 1, 0, -1, 2, -3, 4}
	rng := rand.New(rand.NewPCG(k, uint64(len(r.Scheme))))
	rng.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
	return steps[r.Seed%9] / 4
}

// endsAt sets the validation loss before training and at the end.
func endsAt(r *results.Run, begin, end float64) {
	for i := range r.Curve {
		r.Curve[i].Values[metrics.ValLoss] = math.NaN()
	}
	r.Curve[0].Values[metrics.ValLoss] = begin
	r.Curve[len(r.Curve)-1].Values[metrics.ValLoss] = end
}

// toPower is rank/4 to a power.
func toPower(r *results.Run, power float64) float64 { return math.Pow(float64(r.Rank)/4, power) }

// scaling is a scheme of the paper's appendix B.6, by its name.
var scaling = map[string]lora.Scheme{
	"lora": {P: 1}, "rslora": {P: 0.5}, "p=0.25": {P: 0.25}, "p=0.75": {P: 0.75}, "p=2": {P: 2}, "log": {Log: true},
	"lora,init=0.5": {P: 1, Init: 0.5}, "lora,init=-0.5": {P: 1, Init: -0.5}, "full": {}, "constant": {},
}
