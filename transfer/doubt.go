package transfer

import (
	"fmt"
	"slices"
	"strings"

	"ranksweep/explain"
	"ranksweep/paper/number"
	"ranksweep/reproduction"
)

// doubtsOf lists what speaks against an answer.
func doubtsOf(q Question, a Answer) (all []string) {
	add := func(holds bool, format string, values ...any) {
		if holds {
			all = append(all, fmt.Sprintf(format, values...))
		}
	}
	s := q.Settings
	add(a.Assumed, "no optimizer is named: %s is assumed (--optimizer)", usual)
	add(len(q.NotUnderstood) > 0, "the file has keys that are not understood, and that no row takes into account: %s",
		explain.Clean(strings.Join(q.NotUnderstood, ", ")))
	add(a.LR == 0, "no learning rate is named: only factors are given (--lr)")
	all = append(all,
		fmt.Sprintf("that the learning rate is the best one at rank %d is taken from you", s.Rank),
		"data, batch, steps, schedule and targets are taken to be the same at both ranks")
	if a.lacks(BestRate) {
		add(true, "how the best rate of %s depends on the rank is neither derived nor measured for these settings",
			a.Optimizer)
	} else {
		all = append(all, measuredDoubts(q, a)...)
	}
	add(a.Optimizer == "adafactor", "Adafactor sets its rate by itself with relative_step, and multiplies it by the "+
		"size of the weights with scale_parameter: both are taken to be off")
	add(len(s.Ranks)+len(s.Alphas) > 0, "maps with a rank or an alpha of their own keep them: ask again for each")
	add(s.Init != "", "init %s: powers are derived for a random A and B = 0", s.Init)
	add(s.DoRA, "DoRA trains magnitudes beside A and B, for which nothing is derived or measured here")
	add(len(s.Variants) > 0, "nothing is derived or measured here for: %s", strings.Join(s.Variants, ", "))
	add(s.Ratio > 0, "LoRA+: the learning rate of B stays %s times that of A, and both are multiplied; best rates "+
		"were measured without LoRA+", number.Brief(s.Ratio))
	add(s.PerRank > 0, "alpha is absent, and the tool would set it to %s·r: write it into the file",
		number.Brief(s.PerRank))
	add(s.Stored != "", "the adapter %s is loaded, whose own config counts", s.Stored)
	return all
}

// lacks reports whether no way keeps something.
func (a Answer) lacks(goal Goal) bool {
	return !slices.ContainsFunc(a.Ways, func(w Way) bool { return w.Keeps == goal })
}

// measuredDoubts say how far an answer is from what was measured.
func measuredDoubts(q Question, a Answer) (all []string) {
	p := a.Ways[0].p
	m, ok := measuredOf(measuredUnder(a.Optimizer), reproduction.BestRatePower, p)
	if !ok {
		return []string{fmt.Sprintf("best rates were not measured under %s with γ ∝ r^%s", a.Optimizer,
			number.Brief(0-p))}
	}
	low, high := min(q.Settings.Rank, q.Rank), max(q.Settings.Rank, q.Rank)
	if low < m.Smallest || high > m.Largest {
		all = append(all, fmt.Sprintf("ranks %d and %d: the report measured best rates at ranks %d to %d", low, high,
			m.Smallest, m.Largest))
	}
	if q.Rank < q.Settings.Rank {
		all = append(all, "what a transferred rate loses was measured from small to large ranks only")
	}
	if a.Optimizer != measuredUnder(a.Optimizer) {
		all = append(all, fmt.Sprintf("best rates were measured under %s; that %s follows the same law is taken from "+
			"the size of its steps", measuredUnder(a.Optimizer), a.Optimizer))
	}
	if w := a.Ways[0]; m.Low > w.Power || m.High < w.Power {
		all = append(all, fmt.Sprintf("the measured power, %s [%s, %s], is not the derived one, %s",
			number.Fixed(m.Value, 3), number.Fixed(m.Low, 3), number.Fixed(m.High, 3), number.Brief(w.Power)))
	}
	if left, ok := measuredOf(measuredUnder(a.Optimizer), reproduction.BestRatesLeftOut, p); ok {
		all = append(all, fmt.Sprintf("%s best rates lay at an edge of the rates tried and are missing from the "+
			"measured "+
			"power, so it may be too low or too high, and whether it changes with the rank is not known",
			number.Brief(left.Value)))
	}
	if walls, ok := measuredOf(measuredUnder(a.Optimizer), reproduction.BestRatesBesideWall, p); ok {
		all = append(all, fmt.Sprintf("%s best rates lay next to a rate at which training failed, and are known to "+
			"within a step of the rates tried: the measured power may be from %s to %s",
			number.Brief(walls.Value), number.Fixed(walls.Low, 3), number.Fixed(walls.High, 3)))
	}
	bend, ok := measuredOf(measuredUnder(a.Optimizer), reproduction.BestRateCurvature, p)
	if ok && (bend.Low > 0 || bend.High < 0) {
		all = append(all, fmt.Sprintf("the measured power may change with the rank (curvature %s [%s, %s]), so "+
			"that no single power holds at all ranks",
			number.Fixed(bend.Value, 3), number.Fixed(bend.Low, 3), number.Fixed(bend.High, 3)))
	}
	return append(all, "best rates were measured on a small model, all its linear maps adapted, in few steps at a "+
		"constant rate: how far that carries to yours is not known; --check MODEL DATA measures it there")
}
