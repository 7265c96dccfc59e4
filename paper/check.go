package paper

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"ranksweep/analysis"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/paper/figure"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
	"ranksweep/results"
	"ranksweep/theory"
)

// checked are the statistics of the rank check, each with the title of its panel.
var checked = []struct {
	metrics.Statistic
	title string
}{
	{metrics.LossDropFirst, "Loss drop"},
	{metrics.AdapterOutputFirst, "Adapter output"},
	{metrics.InputGradientFirst, "Input gradient"},
	{metrics.GradNormOnset, "Gradient of B"},
	{metrics.GradNormAFirst, "Gradient of A"},
	{metrics.DeltaWFirst, "Weight update"},
}

// checkedTitle is the title of a statistic's panel.
func checkedTitle(s metrics.Statistic) string {
	for _, of := range checked {
		if of.Name == s.Name {
			return of.title
		}
	}
	return capital(s.Label)
}

// Check is what a few steps at many ranks say about schemes.
type Check struct {
	Tables  []table.Table   // verdicts by scheme and optimizer; fitted and predicted powers of rank
	Figures []figure.Figure // quantities against rank, one figure for each optimizer

	// Unstable names the arms that theory predicts to be stable and that were not measured to
	// be.
	Unstable []string
}

// NewCheck judges the runs that have a rank. It is an error if there are none.
func NewCheck(v View) (*Check, error) {
	if len(v.arms) == 0 {
		return nil, errNoRuns
	}
	v = v.ranked()
	if len(v.arms) == 0 {
		return nil, errors.New("paper: no run has a rank: there is nothing to check; add method lora to the grid")
	}
	var names []string
	for _, optimizer := range optimizersOf(v) {
		names = append(names, checkName(optimizer))
	}
	figures, err := those(v, names)
	if err != nil {
		return nil, err
	}
	verdicts, unstable := verdictTable(v)
	return &Check{
		Tables:   []table.Table{verdicts, exponentsTable(v, predictedStatistics(v))},
		Figures:  figures,
		Unstable: unstable,
	}, nil
}

// predictedStatistics are the statistics of the first steps that were measured and that theory
// predicts.
func predictedStatistics(v View) []metrics.Statistic {
	return slices.DeleteFunc(measuredStatistics(v), func(s metrics.Statistic) bool {
		return !s.Early && s.Name != metrics.MovementAFirst.Name ||
			!slices.ContainsFunc(v.arms, func(a analysis.Arm) bool {
				e, _ := a.Exponent(s)
				return number.Finite(e.Predicted)
			})
	})
}

// flat is how far from 0 the power of rank of a first loss drop may be if learning is to
// count as the same at every rank. Schemes that have a name differ by ½ or more.
const flat = 0.1

// undecided is the stability if an interval is too wide for another.
const undecided theory.Stability = "undecided"

// stabilityOf is the stability of an arm by its first loss drop, whose power of rank may be as
// far from 0 as flat.
func stabilityOf(e stats.Exponent, flat float64) theory.Stability {
	switch {
	case math.IsNaN(e.Low):
		return undecided
	case e.Low > flat:
		return theory.Explodes
	case e.High < -flat:
		return theory.Collapses
	case e.Low >= -flat && e.High <= flat:
		return theory.Stable
	}
	return undecided
}

// norms says how the gradient's norm and the effect of a step go together.
const norms = "The norm of the gradient at the onset is proportional to γ√r under every optimizer. What that means " +
	"for learning depends on the optimizer, since a step of SGD shrinks with the gradient and a step of Adam does " +
	"not, and on the learning rate and the number of steps."

// verdictTable says for each arm how the quantities that decide about its first step depend
// on rank.
func verdictTable(v View) (t table.Table, unstable []string) {
	t = table.Table{
		Name:  "check",
		Title: "Does the first loss drop depend on rank? Powers of rank, with 95% intervals over seeds",
		Caption: fmt.Sprintf("Measured: stable if the power of the first loss drop is within ±%s of 0. Predicted: as "+
			"the rank grows without bound.\n"+
			"Best first step: by which multiple the first step would be best if the loss were equally curved in all "+
			"directions, and in brackets the power of its exact values at these ranks. If it is 0, one learning rate "+
			"gives the best first step at every rank. The best learning rate of a whole run may have another power.\n"+
			"Runs checked against the loss: in how many runs the drop to first order was compared with what the loss "+
			"did on the same batch. "+unchecked+"\n"+norms+"\n%s", number.Brief(flat), v.equal),
	}
	addTraits(&t, v, func(analysis.Arm) int { return 1 })
	fitted := func(s metrics.Statistic) func(analysis.Arm) table.Entry {
		return func(a analysis.Arm) table.Entry { return newFit(a, s).entry(powerDecimals) }
	}
	table.Fill(&t, v.arms,
		table.Numbers("onset gradient norm", fitted(metrics.GradNormOnset), "onset", "onset_low", "onset_high"),
		table.Numbers("first loss drop", fitted(metrics.LossDropFirst), "exponent", "ci_low", "ci_high"),
		table.Numbers("runs checked against the loss", checkedEntry, "checked", "runs"),
		table.Numbers(bestFirstStep+" (exact theory)", stepEntry, "step", "step_low", "step_high", "step_exact"),
		table.Words("measured", measuredEntry, "seen"),
		table.Words("predicted", func(a analysis.Arm) string { return string(a.Stability()) }, "theory"),
	)
	for i, a := range v.arms {
		predicted := a.Stability()
		if measured := measuredStability(a); predicted == theory.Stable && measured != theory.Stable {
			unstable = append(unstable, fmt.Sprintf("%s: %s", v.labels[i], measured))
		}
		e, err := a.Exponent(metrics.LossDropFirst)
		if err != nil {
			t.Doubt(i, noFit(err))
		}
		if text := unbelievable([]analysis.Arm{a}, []metrics.Statistic{metrics.LossDropFirst}); text != "" {
			t.Doubt(i, text)
		}
		if predicted == theory.Explodes && e.Predicted <= 0 {
			t.Doubt(i, "theory predicts this because of the part of the update in which both A and B have moved; a "+
				"first step does not have that part")
		}
	}
	addDoubtsOfArms(&t, v)
	return t, unstable
}

// measuredStability is the stability of an arm, undecided if its first-order loss drop is not what
// the loss did.
func measuredStability(a analysis.Arm) theory.Stability {
	e, _ := a.Exponent(metrics.LossDropFirst)
	if unbelievable([]analysis.Arm{a}, []metrics.Statistic{metrics.LossDropFirst}) != "" {
		return undecided
	}
	return stabilityOf(e, flat)
}

// measuredEntry is the stability of an arm, and whether no run's first-order loss drop could be compared with what
// the loss did.
func measuredEntry(a analysis.Arm) table.Entry {
	saw := string(measuredStability(a))
	e := table.Entry{Text: saw, Values: []string{saw}}
	if checked, _ := checkedRuns(a); checked == 0 && saw != string(undecided) {
		e.Text += " (unchecked)"
	}
	return e
}

// bestFirstStep begins the heads of columns: see [Reading].
const bestFirstStep = "best first step"

// stepEntry is the power of an arm's best first step, with exact theory at these ranks.
func stepEntry(a analysis.Arm) table.Entry {
	x := newFit(a, metrics.StepFirst)
	text := exponentText(x.Exponent)
	if number.Finite(x.Exact) {
		text += " (" + number.Fixed(x.Exact, 2) + ")"
	}
	return table.Exact(text, x.Value, x.Low, x.High, x.Exact)
}

// addDoubtsOfArms notes doubts about arms, in a table with a row for each arm.
func addDoubtsOfArms(t *table.Table, v View) {
	for i, a := range v.arms {
		for _, w := range a.Warnings {
			t.Doubt(i, w)
		}
		for _, c := range a.Cells {
			if text := lost(c, results.Diverged); text != "" {
				t.Doubt(i, fmt.Sprintf("rank %d %s", c.Rank, text))
			}
		}
	}
}

// checkFigure draws what is checked under an optimizer against rank: measured quantities with
// their intervals, and through them the values that theory expects at exactly these ranks or,
// if theory has no exact expression, the fitted power.
func checkFigure(v View, optimizer string) (figure.Figure, bool) {
	v = v.ranked().where(func(a analysis.Arm) bool { return a.Optimizer == optimizer })
	f := figure.Figure{Name: checkName(optimizer), Apart: true}
	labels, colors := v.labels, v.colors
	exact, fitted := false, false
	for _, of := range checked {
		s := of.Statistic
		p := figure.Panel{Title: of.title + ", " + s.Unit}
		var values, at []float64
		for i, a := range v.arms {
			marks := figure.Series{
				Name: labels[i], Color: colors[i], Glyph: figure.Glyphs[i%len(figure.Glyphs)], Spread: figure.Bars,
			}
			law := figure.Series{Name: labels[i] + ", exact theory", Color: colors[i], Line: figure.ThinLineWide}
			for _, c := range a.Cells {
				q := statisticPoint(c, s)
				if v := c.Expected(s); number.Finite(v) {
					exact = true
					law.Points = append(law.Points, figure.Bare(q.X, v))
					q = besideExpected(c, s, v)
				}
				marks.Points = append(marks.Points, q)
				values = append(values, q.Y, q.High, math.Max(q.Low, q.Y/4)) // a bar may end below
				at = append(at, q.X)
			}
			if len(law.Points) == 0 {
				e, err := a.Exponent(s)
				law, _, _ = fitLines(e, err, "theory", marks)
				law.Dashes, fitted = figure.LongDashes, true
			}
			p.Series = append(p.Series, law, marks)
		}
		if !slices.ContainsFunc(values, number.Finite) {
			continue // measured only after more steps than were made
		}
		p.X = rankAxis(at, true)
		p.Y = figure.Axis{Log: true}.Over(values...)
		f.Panels = append(f.Panels, p)
	}
	for i := range v.arms {
		f.Legend = append(f.Legend, figure.Entry{Text: labels[i], Samples: []figure.Series{{
			Color: colors[i], Glyph: figure.Glyphs[i%len(figure.Glyphs)],
		}}})
	}
	f.Legend = append(f.Legend, figure.Entry{})
	line := figure.Series{Color: figure.Ink, Line: figure.ThinLineWide}
	if exact {
		f.Legend = append(f.Legend, figure.Entry{Text: "exact theory", Samples: []figure.Series{line}})
	}
	if fitted {
		line.Dashes = figure.LongDashes
		f.Legend = append(f.Legend, figure.Entry{Text: "fitted power", Samples: []figure.Series{line}})
	}
	f.Caption = fmt.Sprintf("Quantities at the onset and after the first update under %s, against rank, on "+
		"logarithmic axes: means over seeds, %s, with 95%% intervals. Lines are the values that theory expects at "+
		"exactly these ranks or, if theory has no exact expression, fitted powers of rank. Where theory has one, "+
		"each seed is first divided by its own expected value, so that bars do not show how the seeds' data "+
		"differ. There, points are root mean squares over seeds, but means for loss drops. %s",
		optimizer, seedCount(doneCounts(v)), v.equal)
	return f, len(f.Panels) > 0
}

// besideExpected is the root mean square over seeds of the measured value divided by the
// expected value of the same seed, times the expected value of the cell. For a loss drop it is
// the mean.
func besideExpected(c analysis.Cell, s metrics.Statistic, expected float64) figure.Point {
	over := c.OverExpected(s)
	size := func(ratio float64) float64 {
		if s.Theory.Mean {
			return ratio * expected
		}
		return math.Sqrt(math.Max(0, ratio)) * expected
	}
	return figure.Point{X: float64(c.Rank), Y: size(over.Mean), Low: size(over.Low), High: size(over.High)}
}
