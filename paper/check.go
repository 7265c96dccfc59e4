package paper

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/nn"
	"ranksweep/results"
	"ranksweep/theory"
)

// checked are the statistics of the rank check, a panel each, and their titles.
var checked = []struct{ name, title string }{
	{"loss_drop_first", "Loss drop"}, {"adapter_output_first", "Adapter " +
		"output"}, {"input_gradient_first", "Input gradient"},
	{"grad_norm_onset", "Gradient of B"}, {"grad_norm_a_first", "Gradient of A"}, {"delta_w_first", "Weight update"},
}

// checkedTitle is the title of a statistic's panel.
func checkedTitle(s metrics.Statistic) string {
	for _, of := range checked {
		if of.name == s.Name {
			return of.title
		}
	}
	return capital(s.Label)
}

// Check is what a few steps at many ranks say of schemes.
type Check struct {
	Tables  []Table  // verdicts, a row a scheme and optimizer; fitted powers of rank beside theory
	Figures []Figure // sizes against rank, one an optimizer

	// Unstable names the arms that theory says are stable and that were not
	// seen to be.
	Unstable []string
}

// NewCheck judges the runs that have a rank. It is an error if there are none.
func NewCheck(runs []results.Run) (*Check, error) {
	if len(runs) == 0 {
		return nil, errNoRuns
	}
	arms := ranked(results.Arms(runs))
	if len(arms) == 0 {
		return nil, errors.New("paper: no run has a rank: there is nothing to check; add method lora to the grid")
	}
	verdicts, unstable := verdictTable(arms)
	return &Check{
		Tables:   []Table{verdicts, exponentsTable(arms, predictedStatistics(arms))},
		Figures:  checkFigures(arms),
		Unstable: unstable,
	}, nil
}

// checkFigures draws a figure for each optimizer.
func checkFigures(arms []results.Arm) (figures []Figure) {
	for _, o := range optimizersOf(arms) {
		of := slices.DeleteFunc(slices.Clone(arms), func(a results.Arm) bool { return a.Optimizer != o })
		figures = append(figures, checkFigure(o, of))
	}
	return figures
}

// predictedStatistics are those of the first steps that were measured and of
// which theory predicts something.
func predictedStatistics(arms []results.Arm) []metrics.Statistic {
	return slices.DeleteFunc(measuredStatistics(arms), func(s metrics.Statistic) bool {
		return !s.Early && s.Name != "a_movement_first" || !slices.ContainsFunc(arms, func(a results.Arm) bool {
			e, _ := a.Exponent(s)
			return finite(e.Predicted)
		})
	})
}

// flat is how far from 0 the power of rank of a first loss drop may lie for
// learning that counts as free of rank. Schemes that have a name differ by ½
// at least.
const flat = 0.1

// Undecided is the verdict on an interval that is too wide for one.
const undecided theory.Verdict = "undecided"

// seen is the verdict on an arm by its first loss drop, whose power of rank may lie
// as far from 0 as flat.
func seen(e stats.Exponent, flat float64) theory.Verdict {
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

// norms reconciles what a gradient's norm says with what a step does.
const norms = "The norm of the gradient at the onset goes as γ√r under every optimizer. What that does to " +
	"learning depends on the optimizer: " +
	"a step of SGD shrinks with the gradient, and one of Adam does not; and on the rate and the number of steps."

// verdictTable says of each arm how what decides about its first step goes with rank.
func verdictTable(arms []results.Arm) (t Table, unstable []string) {
	t = Table{
		Name:  "check",
		Title: "Does the first loss drop depend on rank? Powers of rank, with 95% intervals over seeds",
		Caption: fmt.Sprintf("Seen: by the power of the first loss drop, stable within ±%g of 0. Theory: as the "+
			"rank grows without bound. "+
			"Best first step: of the multiple of the first step that would be best if the loss were as curved "+
			"in all directions, "+
			"and in brackets what its exact values have at these ranks; where it is 0 one rate serves all of "+
			"them. "+norms+" %s", flat, heldEqual(arms)),
	}
	addSettings(&t, arms, func(results.Arm) int { return 1 })
	t.add(Column{Head: "onset norm", Fields: []string{"onset", "onset_low", "onset_high"}, Number: true}, powerEntries(arms, metrics.GradNormOnset))
	t.add(Column{Head: "loss drop", Fields: []string{"exponent", "ci_low", "ci_high"}, Number: true}, powerEntries(arms, metrics.LossDropFirst))
	t.add(Column{Head: "best first " +
		"step", Fields: []string{"step", "step_low", "step_high", "step_exact"}, Number: true}, stepEntries(arms))
	var expected, saw []Entry
	labels := armLabels(arms)
	for i, a := range arms {
		measured := seenOf(a)
		predicted := theory.Stability(nn.UpdateOf(a.Optimizer), a.Scaling)
		expected, saw = append(expected, word(string(predicted))), append(saw, word(string(measured)))
		if predicted == theory.Stable && measured != theory.Stable {
			unstable = append(unstable, fmt.Sprintf("%s: %s", labels[i], measured))
		}
		e, err := a.Exponent(metrics.LossDropFirst)
		if err != nil {
			t.doubt(i, noFit(err))
		}
		if text := unbelievable([]results.Arm{a}, []metrics.Statistic{metrics.LossDropFirst}); text != "" {
			t.doubt(i, text)
		}
		if predicted == theory.Explodes && e.Predicted <= 0 {
			t.doubt(i, "theory: by the part of the update in which A and B have both moved, which a first step "+
				"does not have")
		}
	}
	t.add(Column{Head: "seen", Fields: []string{"seen"}}, saw)
	t.add(Column{Head: "theory", Fields: []string{"theory"}}, expected)
	addDoubtsOfArms(&t, arms)
	return t, unstable
}

// seenOf is the verdict on an arm: none where its first loss drop is not what the
// loss did.
func seenOf(a results.Arm) theory.Verdict {
	e, _ := a.Exponent(metrics.LossDropFirst)
	if unbelievable([]results.Arm{a}, []metrics.Statistic{metrics.LossDropFirst}) != "" {
		return undecided
	}
	return seen(e, flat)
}

// powerEntries are the powers of rank of a statistic, an arm each.
func powerEntries(arms []results.Arm, s metrics.Statistic) (entries []Entry) {
	for _, a := range arms {
		e, err := a.Exponent(s)
		entry := Entry{Values: []string{field(e.Value), field(e.Low), field(e.High)}}
		if err == nil {
			entry.Text = exponentText(e)
		}
		entries = append(entries, entry)
	}
	return entries
}

// stepEntries are those of the best first step, with what theory has at these ranks.
func stepEntries(arms []results.Arm) []Entry {
	entries := powerEntries(arms, metrics.StepFirst)
	for i, a := range arms {
		e, _ := a.Exponent(metrics.StepFirst)
		entries[i].Values = append(entries[i].Values, field(e.Exact))
		if entries[i].Text != "" && finite(e.Exact) {
			entries[i].Text += " (" + fixed(e.Exact, 2) + ")"
		}
	}
	return entries
}

// addDoubtsOfArms notes the arms' own doubts, in a table with a row an arm.
func addDoubtsOfArms(t *Table, arms []results.Arm) {
	for i, a := range arms {
		for _, w := range a.Warnings {
			t.doubt(i, w)
		}
		for _, c := range a.Cells {
			if text := lost(c, results.Diverged); text != "" {
				t.doubt(i, fmt.Sprintf("rank %d %s", c.Rank, text))
			}
		}
	}
}

// checkFigure draws what is checked against rank: measured sizes with their
// intervals, and through them what theory expects at these very ranks or,
// where it has no exact expression, the fitted power.
func checkFigure(optimizer string, arms []results.Arm) Figure {
	f := Figure{Name: "check-" + optimizer, apart: true}
	labels, colors := armLabels(arms), armColors(arms)
	exact, fitted := false, false
	for _, of := range checked {
		s, _ := metrics.StatisticNamed(of.name)
		p := panel{title: of.title + ", " + s.Unit}
		var values, at []float64
		for i, a := range arms {
			marks := series{color: colors[i], glyph: glyphs[i%len(glyphs)], spread: bars}
			law := series{color: colors[i], line: thinLineWide}
			for _, c := range a.Cells {
				q := statisticPoint(c, s)
				if v := c.Expected(s); finite(v) {
					exact = true
					law.points = append(law.points, bare(q.x, v))
					q = besideExpected(c, s, v)
				}
				marks.points = append(marks.points, q)
				values, at = append(values, q.y, q.high, math.Max(q.low, q.y/4)), append(at, q.x) // a bar may end below
			}
			if len(law.points) == 0 {
				e, err := a.Exponent(s)
				law, _, _ = fitLines(e, err, "theory", marks)
				law.dashes, fitted = longDashes, true
			}
			p.series = append(p.series, law, marks)
		}
		if !slices.ContainsFunc(values, finite) {
			continue // it takes more steps than were made
		}
		p.x = rankAxis(at, true)
		p.y = axis{log: true}.over(values...)
		f.panels = append(f.panels, p)
	}
	for i := range arms {
		f.legend = append(f.legend, entry{text: labels[i], samples: []series{{color: colors[i], glyph: glyphs[i%len(glyphs)]}}})
	}
	f.legend = append(f.legend, entry{})
	if exact {
		f.legend = append(f.legend, entry{text: "exact theory", samples: []series{{color: ink, line: thinLineWide}}})
	}
	if fitted {
		f.legend = append(f.legend, entry{text: "fitted power", samples: []series{{color: ink, line: thinLineWide, dashes: longDashes}}})
	}
	f.Caption = fmt.Sprintf("Sizes at the onset and after the first update under %s against rank, both "+
		"logarithmic: means over seeds, %s, with 95%% intervals. "+
		"Lines are what theory expects at these ranks, where it has an exact expression, and fitted powers of "+
		"rank elsewhere. "+
		"Beside an expectation, a mean is that of each seed's size over its own expectation, so that bars leave "+
		"out what differs in the data. %s", optimizer, seedCount(doneCounts(arms)), heldEqual(arms))
	return f
}

// besideExpected is the mean of what was measured over what was expected of the
// same seed, in units of what the cell is expected to have.
func besideExpected(c results.Cell, s metrics.Statistic, expected float64) point {
	over := c.OverExpected(s)
	size := func(ratio float64) float64 {
		if s.Theory.Mean {
			return ratio * expected
		}
		return math.Sqrt(math.Max(0, ratio)) * expected
	}
	return point{x: float64(c.Rank), y: size(over.Mean), low: size(over.Low), high: size(over.High)}
}
