package paper

import (
	"math"
	"slices"
	"strings"

	"ranksweep/analysis"
	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/nn"
	"ranksweep/paper/figure"
	"ranksweep/paper/number"
)

// phaseFigure draws, over the exponent p of the multiplier and the optimizer, the powers of
// rank that decide whether a scheme is stable: of the first loss drop, of the first adapter
// output, and of the best learning rate. It has the schemes in which only the multiplier
// depends on rank.
func phaseFigure(v View) (figure.Figure, bool) {
	groups := analysis.RateGroups(v.ranked().arms)
	groups = slices.DeleteFunc(groups, func(g []analysis.Arm) bool { return !multiplierAlone(g[0]) })
	f := figure.Figure{Name: "phase"}
	var optimizers []string
	var powers []float64
	for _, g := range groups {
		if name := updater(g[0]); !slices.Contains(optimizers, name) {
			optimizers = append(optimizers, name)
		}
		if !slices.Contains(powers, g[0].Powers.P) {
			powers = append(powers, g[0].Powers.P)
		}
	}
	slices.SortStableFunc(optimizers, func(a, b string) int { return optimizerPlace(a) - optimizerPlace(b) })
	slices.Sort(powers)
	var names []string
	for _, p := range powers {
		names = append(names, number.Brief(p))
	}
	for _, of := range []struct {
		title    string
		exponent func(group []analysis.Arm) stats.Exponent
		zero     func(e stats.Exponent, a analysis.Arm) bool
	}{
		{"first loss drop", first(metrics.LossDropFirst), predictedZero},
		{"first adapter output", first(metrics.AdapterOutputFirst), predictedZero},
		{"best learning rate", bestRatePower, func(_ stats.Exponent, a analysis.Arm) bool {
			return math.Abs(a.BestRate()) < near // not of NaN
		}},
	} {
		p := figure.Panel{Title: capital(of.title), Tiles: []figure.Tile{}}
		for _, g := range groups {
			e := of.exponent(g)
			t := figure.Tile{
				X:     float64(slices.Index(powers, g[0].Powers.P)),
				Y:     float64(len(optimizers) - 1 - slices.Index(optimizers, updater(g[0]))),
				Value: e.Value, Color: figure.Diverging(e.Value), Framed: of.zero(e, g[0]), Text: "-",
			}
			if number.Finite(e.Value) {
				t.Text = number.Fixed(e.Value, 2)
			}
			p.Tiles = append(p.Tiles, t)
		}
		labels := slices.Clone(optimizers)
		slices.Reverse(labels)
		p.X = figure.Axis{
			Label: "power p of the multiplier", Names: names, Min: -0.5, Max: float64(len(names)) - 0.5,
		}
		p.Y = figure.Axis{Names: labels, Min: -0.5, Max: float64(len(labels)) - 0.5}
		f.Panels = append(f.Panels, p)
	}
	f.Caption = "Fitted powers of rank, by optimizer and exponent p of γ = α/r^p: means over seeds, " +
		seedCount(statisticCounts(v, metrics.LossDropFirst)) + ". Colours are full at ±1. A frame marks where " +
		"theory predicts 0 or, for the output, a range that contains 0. For the first loss drop that is p = ½ under " +
		"SGD, and p = 1 under updates that do not depend on the gradient's size. For best rates theory predicts 0 " +
		"only under such updates. Under SGD at p = ½ the best first step grows as r/(r + d), where d is the maps' " +
		"width, if the loss is equally curved in all directions; it does not depend on rank only where r is far " +
		"above d. A dash means that there is no fit, or that the best rate lies at the edge of those tried. " +
		outsider(optimizers) + v.equal
	return f, len(names) > 2 && len(optimizers) > 1
}

// outsider says what is known about an optimizer for which theory predicts no single power.
func outsider(optimizers []string) string {
	if !slices.ContainsFunc(optimizers, func(o string) bool { return updateOf(o) == nn.SpectralUpdate }) {
		return ""
	}
	return "Muon's first loss drop follows a power between ½ − p and −p, depending on the spectrum of the gradient. "
}

// updater names an arm's optimizer and, if momentum is an axis, its momentum.
func updater(a analysis.Arm) string {
	momentum := grid.ValueOf(a.Axes, "momentum")
	if momentum == "" || momentum == "0" {
		return a.Optimizer
	}
	return a.Optimizer + ", momentum " + momentum
}

// multiplierAlone reports whether only γ depends on rank, and as a power of it.
func multiplierAlone(a analysis.Arm) bool {
	s := a.Powers
	return !s.Log && s.Init == 0 && s.LRA == 0 && s.LRB == 0
}

// updateOf is the kind of first update of an optimizer, by the name that updater gives it.
func updateOf(updater string) nn.Update {
	name, _, _ := strings.Cut(updater, ",")
	return nn.UpdateOf(name)
}

// optimizerPlace orders optimizers: linear updates come first, those without a prediction
// last.
func optimizerPlace(name string) int {
	if kind := updateOf(name); kind != nn.OtherUpdate {
		return int(kind)
	}
	return math.MaxInt
}

// first is the power of rank of a statistic of the first step, at the smallest learning rate
// of a group, where theory is closest.
func first(s metrics.Statistic) func(group []analysis.Arm) stats.Exponent {
	return func(group []analysis.Arm) stats.Exponent {
		e, _ := group[0].Exponent(s)
		return e
	}
}

func bestRatePower(group []analysis.Arm) stats.Exponent {
	e, _ := analysis.RateExponent(group)
	return e
}

// predictedZero reports whether theory's value is 0, or its range contains 0.
func predictedZero(e stats.Exponent, _ analysis.Arm) bool {
	low, high := e.Range()
	return number.Finite(low) && low <= near && high >= -near
}
