package paper

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
)

// allComparisonsTable compares each scheme with the first one, rank by rank, each rank with the smallest, scheme by
// scheme, and the values on each other axis with the first: one row for each comparison. It has no rows if there
// is nothing to compare.
func allComparisonsTable(v View) table.Table {
	comparisons := allComparisons(v, v.loss)
	t := comparisonsTable(v, v.loss, comparisons)
	t.Caption = comparisonsCaption(v, comparisons)
	return t
}

// comparisonsTable has a row for each comparison.
func comparisonsTable(v View, s metrics.Statistic, comparisons []comparison) table.Table {
	t := table.Table{
		Name:  "comparisons",
		Title: fmt.Sprintf("Final %s compared seed by seed: mean difference ± half of its 95%% interval", s.Label),
	}
	inUnit := func(head string) string { return head + " (" + s.Unit + ")" }
	table.Fill(&t, comparisons,
		table.Words("family", func(d comparison) string { return d.family }, "family"),
		table.Words("comparison", comparison.pair,
			"scheme", "rank", "reference_scheme", "reference_rank", "value", "reference_value"),
	)
	for _, x := range v.differing {
		table.Fill(&t, comparisons, table.Setting(table.Words(x.name, func(d comparison) table.Entry {
			return d.shared(x)
		}, x.field)))
	}
	table.Fill(&t, comparisons,
		table.Intervals("difference", s.Unit, "difference", func(d comparison) stats.Interval {
			return d.Difference.Interval
		}),
		table.Detail(table.Numbers("error from validation", comparison.fromValidation,
			"validation_se", "validation_part")),
		table.Detail(table.Numbers(inUnit("detectable"), comparison.detectable, "detectable")),
		table.Detail(table.Numbers("relative to reference", comparison.relative, "relative")),
		table.Detail(table.Numbers(inUnit("margin"), comparison.marginEntry, "margin")),
		table.Detail(table.Numbers("p within the margin", func(d comparison) table.Entry {
			return probability(d.equivalence)
		}, "p_equivalence")),
		table.Numbers("pairs", func(d comparison) table.Entry {
			return table.Entry{Text: strconv.Itoa(d.Difference.N)}
		}),
		table.Detail(table.Numbers("p", func(d comparison) table.Entry { return probability(d.p()) }, "p")),
		table.Detail(table.Numbers("sign-flip p", func(d comparison) table.Entry {
			return probability(d.flipP())
		}, "p_flip")),
		table.Numbers("Holm's p", func(d comparison) table.Entry { return probability(d.holm) }, "p_holm"),
		table.Detail(table.Words("diverged", comparison.diverged, "diverged", "reference_diverged")),
		table.Words("verdict", func(d comparison) string { return d.verdict().String() }, "verdict"),
	)
	for i, d := range comparisons {
		for _, text := range d.doubts(v.Choices) {
			t.Doubt(i, text)
		}
	}
	return t
}

// comparisonsCaption explains the columns, counts the tests, and says what was held equal.
func comparisonsCaption(v View, comparisons []comparison) string {
	var families []string
	for _, d := range comparisons {
		if name := fmt.Sprintf("%d of %s", d.tests, d.family); !slices.Contains(families, name) {
			families = append(families, name)
		}
	}
	return fmt.Sprintf("%s\nTests, by family: %s. %s%s", defined(comparisonWords), strings.Join(families, ", "),
		v.notCompared(), v.withoutReference(comparisons)) + v.equal
}

// notCompared names what runs differ in and are not compared for, as a sentence; empty if there is nothing.
func (v View) notCompared() string {
	var names []string
	for _, t := range v.differing {
		if t.isOfMaterial() {
			names = append(names, t.name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "Runs that differ in " + strings.Join(names, " or ") + " are not compared. "
}

// fromValidation is how much of the standard error comes from the choice of validation
// examples.
func (d comparison) fromValidation() table.Entry {
	part := d.Difference.SharedPart()
	e := table.Exact("", d.SharedSE, part)
	if part > 0 {
		e.Text = number.Fixed(100*part, 0) + "%"
	}
	return e
}

// detectable is the smallest difference that these pairs would show with a probability of 0.8.
func (d comparison) detectable() table.Entry {
	v := math.NaN()
	if !d.Same && d.refused == nil {
		v = d.Difference.Detectable()
	}
	e := table.Exact("", v)
	if v > 0 {
		e = table.Exact(number.Significant(v, 2), v)
	}
	return e
}

// pair names what is compared.
func (d comparison) pair() table.Entry {
	value, reference := d.values()
	return table.Entry{Text: d.settings(), Values: []string{
		d.Cell.Scheme, rankEntry(d.Cell).Values[0], d.Reference.Scheme, rankEntry(d.Reference).Values[0],
		value, reference,
	}}
}

// values are both values on the axis along which arms are compared; empty if it is none.
func (d comparison) values() (value, reference string) {
	if d.axis == nil {
		return "", ""
	}
	return d.axis.values[d.arm], d.axis.values[d.referenceArm]
}

// settings names what both settings share, then the first setting and the reference.
func (d comparison) settings() string {
	scheme := schemeLabel(d.Cell.Scheme)
	switch {
	case d.axis != nil:
		if d.Cell.Ranked() {
			scheme += fmt.Sprintf(", rank %d", d.Cell.Rank)
		}
		return fmt.Sprintf("%s: %s vs %s", scheme, d.axis.texts[d.arm], d.axis.texts[d.referenceArm])
	case d.family == methodFamily:
		return d.withRanks(" vs ")
	case d.family == rankFamily:
		return fmt.Sprintf("%s: rank %d vs rank %d", scheme, d.Cell.Rank, d.Reference.Rank)
	}
	return fmt.Sprintf("rank %d: %s vs %s", d.Cell.Rank, scheme, schemeLabel(d.Reference.Scheme))
}

// shared is the value of a trait that both cells have; empty if they differ.
func (d comparison) shared(t trait) table.Entry {
	if d.referenceArm >= 0 && t.values[d.arm] != t.values[d.referenceArm] {
		return table.Word("")
	}
	return t.entry(d.arm)
}

// relative is the difference divided by the reference's loss.
func (d comparison) relative() table.Entry {
	part := d.Difference.Mean / d.ReferenceMean
	return table.Exact(number.Fixed(100*part, 2)+"%", part)
}

// marginEntry is the mean margin.
func (d comparison) marginEntry() table.Entry {
	return table.Exact(number.Significant(d.margin(), 2), d.margin())
}

// flipP is the P of sign flips; NaN if there was no test.
func (d comparison) flipP() float64 {
	if math.IsNaN(d.p()) {
		return math.NaN()
	}
	return d.Difference.FlipP
}

// probability writes a P value.
func probability(p float64) table.Entry { return table.Exact(number.Significant(p, 2), p) }

// diverged counts the diverged runs of both cells.
func (d comparison) diverged() table.Entry {
	a, b := d.Cell.Diverged(), d.Reference.Diverged()
	return table.Entry{
		Text:   fmt.Sprintf("%d/%d, %d/%d", a, len(d.Cell.Runs), b, len(d.Reference.Runs)),
		Values: []string{strconv.Itoa(a), strconv.Itoa(b)},
	}
}
