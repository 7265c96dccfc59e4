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

// comparisonsTable compares each scheme with the first one, rank by rank, and each rank with
// the smallest, scheme by scheme: one row for each comparison. It has no rows if there is
// nothing to compare.
func comparisonsTable(v View) table.Table {
	duels := duelsOf(v, v.loss)
	t := duelsTable(v, v.loss, duels)
	t.Caption = comparisonsCaption(v, duels)
	return t
}

// duelsTable has a row for each duel.
func duelsTable(v View, s metrics.Statistic, duels []duel) table.Table {
	t := table.Table{
		Name:  "comparisons",
		Title: fmt.Sprintf("Final %s compared seed by seed: mean difference ± half of its 95%% interval", s.Label),
	}
	inUnit := func(head string) string { return head + " (" + s.Unit + ")" }
	table.Fill(&t, duels,
		table.Words("family", func(d duel) string { return d.family }, "family"),
		table.Words("comparison", duel.pair, "scheme", "rank", "reference_scheme", "reference_rank"),
	)
	for _, x := range v.differing {
		table.Fill(&t, duels, table.Words(x.name, func(d duel) string { return d.shared(x) }, x.field))
	}
	table.Fill(&t, duels,
		table.Intervals("difference", s.Unit, "difference", func(d duel) stats.Interval {
			return d.Difference.Interval
		}),
		table.Numbers("error from validation", duel.fromValidation, "validation_se", "validation_part"),
		table.Numbers(inUnit("detectable"), duel.detectable, "detectable"),
		table.Numbers("relative to reference", duel.relative, "relative"),
		table.Numbers(inUnit("margin"), duel.marginEntry, "margin", "p_equivalence"),
		table.Numbers("pairs", func(d duel) table.Entry { return table.Entry{Text: strconv.Itoa(d.Difference.N)} }),
		table.Numbers("p", func(d duel) table.Entry { return probability(d.p()) }, "p"),
		table.Numbers("sign-flip p", func(d duel) table.Entry { return probability(d.flipP()) }, "p_flip"),
		table.Numbers("Holm's p", func(d duel) table.Entry { return probability(d.holm) }, "p_holm"),
		table.Words("diverged", duel.diverged, "diverged", "reference_diverged"),
		table.Words("verdict", func(d duel) string { return d.verdict().String() }, "verdict"),
	)
	for i, d := range duels {
		for _, text := range d.doubts(v.Tuned) {
			t.Doubt(i, text)
		}
	}
	return t
}

// comparisonsCaption explains the columns, counts the tests, and says what was held equal.
func comparisonsCaption(v View, duels []duel) string {
	var families []string
	for _, d := range duels {
		if name := fmt.Sprintf("%d of %s", d.tests, d.family); !slices.Contains(families, name) {
			families = append(families, name)
		}
	}
	return fmt.Sprintf("%s\nTests, by family: %s. ", defined(comparisonWords), strings.Join(families, ", ")) + v.equal
}

// fromValidation is how much of the standard error comes from the choice of validation
// examples.
func (d duel) fromValidation() table.Entry {
	part := d.Difference.SharedPart()
	e := table.Exact("", d.SharedSE, part)
	if part > 0 {
		e.Text = number.Fixed(100*part, 0) + "%"
	}
	return e
}

// detectable is the smallest difference that these pairs would show with a probability of 0.8.
func (d duel) detectable() table.Entry {
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
func (d duel) pair() table.Entry {
	return table.Entry{Text: d.settings(), Values: []string{
		d.Cell.Scheme, strconv.Itoa(d.Cell.Rank), d.Reference.Scheme, strconv.Itoa(d.Reference.Rank),
	}}
}

// settings names what both settings share, then the first setting and the reference.
func (d duel) settings() string {
	scheme := schemeLabel(d.Cell.Scheme)
	if d.family == rankFamily {
		return fmt.Sprintf("%s: rank %d vs rank %d", scheme, d.Cell.Rank, d.Reference.Rank)
	}
	return fmt.Sprintf("rank %d: %s vs %s", d.Cell.Rank, scheme, schemeLabel(d.Reference.Scheme))
}

// shared is the value of a trait that both cells have; empty if they differ.
func (d duel) shared(t trait) string {
	if t.values[d.arm] != t.values[d.referenceArm] {
		return ""
	}
	return t.values[d.arm]
}

// relative is the difference divided by the reference's loss.
func (d duel) relative() table.Entry {
	part := d.Difference.Mean / d.ReferenceMean
	return table.Exact(number.Fixed(100*part, 2)+"%", part)
}

// marginEntry is the mean margin, and the corrected P of equivalence within the margins.
func (d duel) marginEntry() table.Entry {
	return table.Exact(number.Significant(d.margin(), 2), d.margin(), d.equivalence)
}

// flipP is the P of sign flips; NaN if there was no test.
func (d duel) flipP() float64 {
	if math.IsNaN(d.p()) {
		return math.NaN()
	}
	return d.Difference.FlipP
}

// probability writes a P value.
func probability(p float64) table.Entry { return table.Exact(number.Significant(p, 2), p) }

// diverged counts the diverged runs of both cells.
func (d duel) diverged() table.Entry {
	a, b := d.Cell.Diverged(), d.Reference.Diverged()
	return table.Entry{
		Text:   fmt.Sprintf("%d/%d, %d/%d", a, len(d.Cell.Runs), b, len(d.Reference.Runs)),
		Values: []string{strconv.Itoa(a), strconv.Itoa(b)},
	}
}
