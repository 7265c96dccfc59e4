package paper

import (
	"fmt"
	"strings"

	"ranksweep/chart"
	"ranksweep/paper/number"
)

// caption says what the chart shows, of how many runs, and what must be known of it.
func (c Chart) caption() string {
	text := c.subject()
	n := c.counts()
	switch {
	case n.high == 0:
		text += ". No run has a value: all diverged."
	case c.Kind == chart.PointsKind:
		text += fmt.Sprintf(": a mark for each of %s.", number.Count(c.Left, "run"))
	case c.Kind == chart.BoxKind:
		text += ": boxes are the quartiles of runs, " + seedCount(n) + ", and whiskers reach to the extremes. " +
			"A run by itself is a mark."
	case c.Kind == chart.CurveKind && c.Spread == chart.Seeds:
		text += fmt.Sprintf(": a thin line for each of %s.", number.Count(c.Left, "run"))
	default:
		text += ": means over seeds, " + seedCount(n) + "."
		text += c.spreadSentence(n)
	}
	if marks := c.heatMarks(); c.Kind == chart.HeatKind && len(marks) > 0 {
		text += " " + capital(strings.Join(marks, "; ")) + "."
	}
	if c.Smooth > 1 {
		text += fmt.Sprintf(" Each run is smoothed: a point is the mean of the last %d.", c.Smooth)
	}
	if c.hasTheory() {
		text += " Dashed lines are what theory expects at these ranks, where runs have it, or else the power of " +
			"rank that it predicts, through the middle of the fitted one."
	}
	return strings.Join(append([]string{text + c.lostSentence()}, c.Notes...), " ")
}

// spreadSentence says what bars or bands are.
func (c Chart) spreadSentence(n counts) string {
	switch {
	case c.Kind == chart.HeatKind || c.Spread == chart.None:
		return ""
	case c.Spread == chart.Seeds:
		return " Each seed is a +."
	}
	return spreadSentence(capital(c.spreadWord()), n)
}

// subject says what stands against what.
func (c Chart) subject() string {
	text := c.YScale.Title + " against " + c.XScale.Title
	if c.Kind == chart.HeatKind {
		text = fmt.Sprintf("%s by %s and %s", c.ColorScale.Title, c.XScale.Title, c.YScale.Title)
	}
	switch {
	case c.Kind == chart.HeatKind:
	case c.XScale.Log && c.YScale.Log:
		text += ", on logarithmic axes"
	case c.XScale.Log || c.YScale.Log:
		text += ", on a logarithmic axis"
	}
	if c.Spec.Lines != "" {
		text += ", a line for each " + c.Chart.Lines.Title
		if c.Kind == chart.PointsKind || c.Kind == chart.BoxKind {
			text = strings.Replace(text, ", a line for", ", a colour for", 1)
		}
	}
	if c.Spec.Panels != "" {
		text += ", a panel for each " + c.Chart.Panels.Title
	}
	return capital(text)
}

// lostSentence says what became of runs that diverged; empty if none did.
func (c Chart) lostSentence() string {
	if c.Diverged == 0 {
		return ""
	}
	text := fmt.Sprintf(" %d of %s diverged", c.Diverged, number.Count(c.Left, "run"))
	if c.Kind == chart.CurveKind {
		return text + ": each has its own dashed line, which ends in a cross, and is in no mean."
	}
	return text + ": a cross marks where, and no mean is shown there, since it would be one of survivors."
}
