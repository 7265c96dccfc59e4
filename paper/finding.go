package paper

import (
	"fmt"
	"slices"
	"strings"

	"ranksweep/analysis"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
	"ranksweep/results"
)

// listed is the most results that a sentence names one by one. Of more it counts the kinds.
const listed = 4

// Found says in a few sentences, one on each line, what runs show and how sure that is: how the
// onset gradient norm depends on rank, which losses differ at the largest rank, and what
// neither of these can tell. It begins with what of the plan the runs are, unless that is all
// of it. It is an error if there is no run.
func Found(v View) (string, error) {
	if len(v.arms) == 0 {
		return "", errNoRuns
	}
	said := []string{strings.TrimSpace(v.covered()), onsetFound(v), lossesFound(v), strings.TrimSpace(runsLost(v))}
	said = slices.DeleteFunc(said, func(s string) bool { return s == "" })
	return strings.Join(said, "\n") + "\n", nil
}

// onsetFound says how the onset gradient norm depends on rank in each arm; empty if it was
// measured at fewer than two ranks.
func onsetFound(v View) string {
	var told []string
	var kinds []trend
	for i, label := range v.labels {
		e, err := v.arms[i].Exponent(metrics.GradNormOnset)
		if err != nil {
			continue
		}
		kind := trendOf(e)
		kinds = append(kinds, kind)
		told = append(told, fmt.Sprintf("%s under %s: rank^%s, %s", kind, label, exponentText(e), sample(e.Seeds)))
	}
	switch {
	case len(told) == 0:
		return ""
	case len(told) > listed:
		return fmt.Sprintf("Of %d arms, the onset gradient norm %s.", len(kinds), tally(kinds, "%[2]s in %[1]d"))
	}
	return "The onset gradient norm " + strings.Join(told, "; it ") + "."
}

// trend says how a statistic depends on rank, by the interval of its fitted power.
type trend uint8

const (
	unclear trend = iota
	falling
	growing
	free
)

// String returns the words of sentences. No code may decide by them.
func (t trend) String() string {
	return [...]string{"shows no clear power of rank", "falls with rank", "grows with rank", "is free of rank"}[t]
}

func trendOf(e stats.Exponent) trend {
	switch {
	case e.High < 0:
		return falling
	case e.Low > 0:
		return growing
	case e.Low >= -near && e.High <= near:
		return free
	}
	return unclear
}

// lossesFound compares final losses at the largest rank, and says for which learning rates
// that holds.
func lossesFound(v View) string {
	var said []string
	if text := v.differencesFound(comparisonsOf(v, v.loss), ""); text != "" {
		said = append(said, text)
	}
	for _, t := range v.axes() {
		if text := v.differencesFound(v.alongAxis(t, v.loss), " along "+t.name); text != "" {
			said = append(said, text)
		}
	}
	switch {
	case len(said) == 0:
		return "There are no losses to compare: that takes two schemes or two ranks."
	case doneCounts(v).high == 0:
		return "There are no losses to compare: no run came to its end."
	}
	return strings.Join(append(said, ratesFound(v)), "\n")
}

// differencesFound says what comparisons show at the largest rank; empty if there are none. Of many it counts the
// verdicts, and says along which axis they are.
func (v View) differencesFound(comparisons []comparison, along string) string {
	var told []string
	var kinds []Verdict
	for _, d := range mainComparisons(comparisons) {
		told, kinds = append(told, d.found(v.labels, v.loss.Unit)), append(kinds, d.verdict())
	}
	switch {
	case len(told) == 0:
		return ""
	case len(told) > listed:
		return fmt.Sprintf("%s the %s, in %d comparisons%s at the largest rank, is: %s.",
			after(v), v.loss.Label, len(kinds), along, tally(kinds, "%d %s"))
	}
	return fmt.Sprintf("%s the %s of %s.", after(v), v.loss.Label, strings.Join(told, "; that of "))
}

// after says at which step the done runs ended.
func after(v View) string {
	steps := 0
	for _, c := range v.cells {
		for _, r := range c.Runs {
			switch {
			case r.Status != results.Done || r.Steps == steps:
			case steps > 0:
				return "At the end"
			default:
				steps = r.Steps
			}
		}
	}
	return "After " + number.Count(steps, "step")
}

// mainComparisons are the comparisons at the largest rank of each arm: with another scheme, and with
// the smallest rank.
func mainComparisons(comparisons []comparison) []comparison {
	return slices.DeleteFunc(slices.Clone(comparisons), func(d comparison) bool {
		return slices.ContainsFunc(comparisons, func(o comparison) bool {
			return o.family == d.family && o.arm == d.arm && o.Cell.Rank > d.Cell.Rank
		})
	})
}

// found says what a comparison shows: the verdict, and the numbers behind it.
func (d comparison) found(labels []string, unit string) string {
	reference := ""
	switch {
	case d.family == rankFamily:
		reference = fmt.Sprintf("that at rank %d", d.Reference.Rank)
	case d.axis != nil:
		reference = fmt.Sprintf("that with %s %s", d.axis.name, d.axis.texts[d.referenceArm])
	case d.referenceArm < 0:
		reference = "that of " + schemeLabel(d.Reference.Scheme)
	default:
		reference = "that of " + labels[d.referenceArm]
	}
	at := ""
	if d.Cell.Ranked() {
		at = fmt.Sprintf(" at rank %d", d.Cell.Rank)
	}
	text := labels[d.arm] + at + " " + fmt.Sprintf(d.relation(), reference)
	n, p := d.Difference.N, d.holm
	if n == 0 || d.Same {
		return text
	}
	if d.verdict() == Equivalent {
		p = d.equivalence
	}
	text += fmt.Sprintf(": %s %s (%s", bracketed(d.Difference.Interval), unit, sample(n))
	if number.Finite(p) {
		text += ", Holm's p = " + number.Significant(p, 2)
	}
	return text + ")"
}

// relation says how the first of two losses compares with the second, which %s stands for.
func (d comparison) relation() string {
	small := "less than " + number.Brief(100*learnedMargin) + "%% of what was learned"
	switch d.verdict() {
	case Lower:
		return "is lower than %s"
	case Higher:
		return "is higher than %s"
	case LowerWithinMargin:
		return "is lower than %s, by " + small
	case HigherWithinMargin:
		return "is higher than %s, by " + small
	case Equivalent:
		return "differs from %s by " + small
	case Twins:
		return "is %s, since both learn the same function"
	case NotSeparated:
		return "cannot be told from %s"
	case ReferenceMissing:
		return "is not compared with %s, which is missing"
	}
	return "cannot be compared with %s" // Diverged, NoPair, Refused: the table says why
}

// sample says how many seeds a number rests on.
func sample(n int) string {
	if n == 1 {
		return "n = 1, which gives no interval"
	}
	return fmt.Sprintf("n = %d", n)
}

// ratesFound says for which learning rates a comparison of losses holds.
func ratesFound(v View) string {
	rates := distinct(v.cells, func(s analysis.Setting) float64 { return s.LR })
	switch {
	case len(nuisanceAxes(v.arms[0])) > 0:
		return strings.TrimSpace(tuning(v))
	case len(rates) == 1:
		return fmt.Sprintf("All used one learning rate, %s: this does not say which scheme or rank is better at its "+
			"own best rate.", number.Brief(rates[0]))
	}
	return "No learning rate was tuned: this does not say which scheme or rank is better at its own best rate."
}

// tally counts each kind, in order of appearance. The format takes a number and its kind.
func tally[K interface {
	comparable
	fmt.Stringer
}](kinds []K, format string) string {
	var counts []string
	for i, kind := range kinds {
		if slices.Index(kinds, kind) == i {
			n := len(slices.DeleteFunc(slices.Clone(kinds), func(k K) bool { return k != kind }))
			counts = append(counts, fmt.Sprintf(format, n, kind))
		}
	}
	return strings.Join(counts, ", ")
}

// bracketed writes a mean with its interval, to two digits of the interval's half width.
func bracketed(i stats.Interval) string {
	half := (i.High - i.Low) / 2
	if !number.Finite(half) {
		return number.Significant(i.Mean, 2)
	}
	d := 6
	if half > 0 {
		d = min(max(number.Decimals(half), 0), d)
	}
	return fmt.Sprintf("%s [%s, %s]", number.Fixed(i.Mean, d), number.Fixed(i.Low, d), number.Fixed(i.High, d))
}
