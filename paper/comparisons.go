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

// comparisonsTable has a row for each scheme against the first one, rank by
// rank, and for each rank against the smallest, scheme by scheme. It has none
// where there is nothing to compare.
func comparisonsTable(v View) table.Table {
	duels := duelsOf(v, v.loss)
	t := duelsTable(v, v.loss, duels)
	t.Caption = comparisonsCaption(v, duels)
	return t
}

// duelsTable has a row for each of the duels between cells of arms.
func duelsTable(v View, s metrics.Statistic, duels []duel) table.Table {
	t := table.Table{
		Name: "comparisons",
		Title: fmt.Sprintf("Comparisons by seed of the final %s: mean difference ± half of its 95%% "+
			"interval", s.Label),
	}
	each := func(of func(d duel) table.Entry) []table.Entry {
		var entries []table.Entry
		for _, d := range duels {
			entries = append(entries, of(d))
		}
		return entries
	}
	t.Add(table.Column{Head: "family", Fields: []string{"family"}}, each(func(d duel) table.Entry { return table.Word(d.family) }))
	t.Add(table.Column{Head: "compared", Fields: []string{"scheme", "rank", "reference_scheme", "reference_rank"}}, each(duel.pair))
	for _, trait := range v.differing {
		t.Add(table.Column{Head: trait.name, Fields: []string{trait.field}}, each(func(d duel) table.Entry { return d.shared(trait) }))
	}
	var differences []stats.Interval
	for _, d := range duels {
		differences = append(differences, d.Difference.Interval)
	}
	t.Add(table.Intervals("difference", "difference", differences))
	if slices.ContainsFunc(duels, func(d duel) bool { return d.Difference.SharedPart() > 0 }) {
		parts := each(duel.fromValidation)
		t.Add(table.Column{Head: "from validation", Fields: []string{"validation_se", "validation_part"}, Number: true}, parts)
	}
	t.Add(table.Column{Head: "could tell", Fields: []string{"detectable"}, Number: true}, each(duel.couldTell))
	t.Add(table.Column{Head: "relative", Fields: []string{"relative"}, Number: true}, each(duel.relative))
	t.Add(table.Column{Head: "margin", Fields: []string{"margin", "p_equivalence"}, Number: true}, each(duel.marginEntry))
	t.Add(table.Column{Head: "n", Number: true}, each(func(d duel) table.Entry { return table.Entry{Text: strconv.Itoa(d.Difference.N)} }))
	t.Add(table.Column{Head: "p", Fields: []string{"p"}, Number: true}, each(func(d duel) table.Entry { return probability(d.p()) }))
	if slices.ContainsFunc(duels, func(d duel) bool { return !math.IsNaN(d.flipP()) }) {
		flips := each(func(d duel) table.Entry { return probability(d.flipP()) })
		t.Add(table.Column{Head: "flip p", Fields: []string{"p_flip"}, Number: true}, flips)
	}
	t.Add(table.Column{Head: "Holm's p", Fields: []string{"p_holm"}, Number: true}, each(func(d duel) table.Entry { return probability(d.holm) }))
	t.Add(table.Column{Head: "diverged", Fields: []string{"diverged", "reference_diverged"}}, each(duel.diverged))
	verdicts := each(func(d duel) table.Entry { return table.Word(d.verdict().String()) })
	t.Add(table.Column{Head: "verdict", Fields: []string{"verdict"}}, verdicts)
	for i, d := range duels {
		for _, text := range d.doubts(v.Tuned) {
			t.Doubt(i, text)
		}
	}
	return t
}

// comparisonsCaption says how many tests there are, and what was held equal.
func comparisonsCaption(v View, duels []duel) string {
	var families []string
	for _, d := range duels {
		if name := fmt.Sprintf("%d of %s", d.tests, d.family); !slices.Contains(families, name) {
			families = append(families, name)
		}
	}
	return fmt.Sprintf("%s Tests: %s. ", comparing(), strings.Join(families, ", ")) + v.equal
}

// comparing says how the verdicts on comparisons are come by.
func comparing() string {
	return fmt.Sprintf("A difference is the first loss less the second, of runs of one seed, "+
		"which see the same data and begin with the same A. "+
		"Its interval and p, two-sided, are those of Student's paired t, which takes differences for normal; "+
		"both have in them what the choice of the validation examples adds to the error, where runs keep it: "+
		"from validation is that part of the standard error, of which squares add up. "+
		"Flip p, from %d pairs on, is that of sign flips, which asks for symmetry alone. "+
		"Could tell is the least difference that these pairs would show with a probability of 0.8, were it the "+
		"only test. "+
		"Holm's p is t's, corrected over the tests of the family. "+
		"Lower and higher: Holm's p is at most %g. Equivalent: by two one-sided t tests, Holm's p at most %g, "+
		"within a margin of %g%% of what the second learned, seed by seed; the margin shown is their mean. Not "+
		"separated: neither, and so no ranking. "+
		"Diverged are the runs of the first and of the second.", stats.FlipPairs, level, level, 100*learnedMargin)
}

// fromValidation is the part of the standard error that the choice of the validation
// examples makes.
func (d duel) fromValidation() table.Entry {
	part := d.Difference.SharedPart()
	e := table.Entry{Values: []string{number.Exact(d.SharedSE), number.Exact(part)}}
	if part > 0 {
		e.Text = number.Fixed(100*part, 0) + "%"
	}
	return e
}

// couldTell is the least difference that so many pairs, scattering so, would show.
func (d duel) couldTell() table.Entry {
	v := math.NaN()
	if !d.Same && d.refused == nil {
		v = d.Difference.Detectable()
	}
	e := table.Entry{Values: []string{number.Exact(v)}}
	if v > 0 && number.Finite(v) {
		e.Text = number.Significant(v, 2)
	}
	return e
}

// pair names what is compared.
func (d duel) pair() table.Entry {
	text := fmt.Sprintf("%s - %s, rank %d", schemeLabel(d.Cell.Scheme), schemeLabel(d.Reference.Scheme), d.Cell.Rank)
	if d.family == rankFamily {
		text = fmt.Sprintf("rank %d - %d, %s", d.Cell.Rank, d.Reference.Rank, schemeLabel(d.Cell.Scheme))
	}
	return table.Entry{Text: text, Values: []string{
		d.Cell.Scheme, strconv.Itoa(d.Cell.Rank), d.Reference.Scheme, strconv.Itoa(d.Reference.Rank),
	}}
}

// shared is the value of a trait that both cells have, if they have the same.
func (d duel) shared(t trait) table.Entry {
	if t.values[d.arm] != t.values[d.referenceArm] {
		return table.Word("")
	}
	return table.Word(t.values[d.arm])
}

// relative is the difference as a part of the reference's loss.
func (d duel) relative() table.Entry {
	part := d.Difference.Mean / d.ReferenceMean
	e := table.Entry{Values: []string{number.Exact(part)}}
	if number.Finite(part) {
		e.Text = number.Fixed(100*part, 2) + "%"
	}
	return e
}

// marginEntry is the mean margin and the corrected P of equivalence within the
// margins.
func (d duel) marginEntry() table.Entry {
	e := table.Entry{Values: []string{number.Exact(d.margin()), number.Exact(d.equivalence)}}
	if number.Finite(d.margin()) {
		e.Text = number.Significant(d.margin(), 2)
	}
	return e
}

// flipP is the P of sign flips, where there was a test.
func (d duel) flipP() float64 {
	if math.IsNaN(d.p()) {
		return math.NaN()
	}
	return d.Difference.FlipP
}

// probability writes a P value.
func probability(p float64) table.Entry {
	e := table.Entry{Values: []string{number.Exact(p)}}
	if number.Finite(p) {
		e.Text = number.Significant(p, 2)
	}
	return e
}

// diverged counts the diverged runs of both cells.
func (d duel) diverged() table.Entry {
	a, b := d.Cell.Diverged(), d.Reference.Diverged()
	return table.Entry{
		Text:   fmt.Sprintf("%d/%d, %d/%d", a, len(d.Cell.Runs), b, len(d.Reference.Runs)),
		Values: []string{strconv.Itoa(a), strconv.Itoa(b)},
	}
}
