package paper

import (
	"fmt"
	"math"

	"ranksweep/metrics"
	"ranksweep/results"
)

// bestRates holds the power of the best rate under AdamW to the claimed one.
func bestRates(s Study) Finding {
	t := Table{Name: "best-rates", Title: "Powers of rank of the best learning rate under AdamW, with 95% intervals over seeds"}
	var verdicts []metrics.Agreement
	var powers, fits, claimed, early, inside, said []Entry
	tolerance := 0.0
	for _, g := range results.RateGroups(results.Arms(s.Runs)) {
		a := g[0]
		if a.Optimizer != "adamw" || !multiplierAlone(a) {
			continue
		}
		e, err := results.RateExponent(g)
		fit := exponentText(e)
		if err != nil {
			fit = "no fit"
		}
		drop, _ := metrics.LossDropFirst.Theory.Exponent(metrics.SignUpdate, a.Scaling)
		tolerance = halfStep(g)
		v := e.Agreement(tolerance)
		verdicts = append(verdicts, v)
		powers, fits, claimed = append(powers, word(number(a.Scaling.P))), append(fits, word(fit)), append(claimed, word(number(e.Predicted)))
		early = append(early, word(number(0-drop)))
		inside = append(inside, word(fmt.Sprintf("%d of %d", e.N, e.N+e.Excluded)))
		said = append(said, word(v.String()))
	}
	t.add(Column{Head: "p", Number: true}, powers)
	t.add(Column{Head: "power of rank", Number: true}, fits)
	t.add(Column{Head: "claimed", Number: true}, claimed)
	t.add(Column{Head: "while A has hardly moved", Number: true}, early)
	t.add(Column{Head: "best rates inside the grid", Number: true}, inside)
	t.add(Column{Head: "verdict"}, said)
	return Finding{Standing: judged(verdicts), Tables: []Table{t},
		Text: fmt.Sprintf("Every power must agree with the claimed one to within %s: half a step between rates, "+
			"over these ranks, which is as well as the grid can tell.", fixed(tolerance, 3))}
}

// halfStep is the power of rank by which best rates would be off if they were off
// by half a step between the rates tried from the smallest rank to the largest.
func halfStep(group []results.Arm) float64 {
	step := 0.0
	for i, a := range group[1:] {
		step = math.Max(step, math.Log(a.LR/group[i].LR))
	}
	all := ranks(group)
	return step / 2 / math.Log(float64(all[len(all)-1])/float64(all[0]))
}
