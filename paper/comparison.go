package paper

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"ranksweep/analysis"
	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
)

const (
	// level is the largest P value that counts as a difference, after Holm's correction.
	level = 0.05
	// learnedMargin is the size of a difference that matters, as a part of what the reference
	// learned. A part of the loss would not do: after few steps, or at a small rate, all losses
	// are within a percent of where they began.
	learnedMargin = 0.1
)

// The families of comparisons. P values are corrected within a family.
const (
	schemeFamily = "schemes"
	rankFamily   = "ranks"
	initFamily   = "inits"
	methodFamily = "methods"
)

// An armCell is a cell, its arm, and what else tells it apart.
type armCell struct {
	analysis.Cell
	arm    int
	traits string // equal for cells that differ only in scheme and rank, and in what follows from these
}

// isComparable reports whether two cells differ only in scheme and rank, and in what follows from
// these.
func (c armCell) isComparable(other armCell) bool { return c.traits == other.traits }

// A comparison is of two cells, paired by seed, as one of a family.
type comparison struct {
	analysis.Comparison
	refused           error // why there is no comparison
	family            string
	axis              *trait  // in which the arms of the family differ; nil if it is none
	unmatched         string  // how γ of two schemes differs already at the smallest rank
	tests             int     // in the family
	arm, referenceArm int     // referenceArm is -1 if no run of that arm is there
	holm              float64 // corrected P of a difference
	equivalence       float64 // corrected P of equivalence
	beyond            float64 // corrected P of a difference above the margin
}

// comparisonsOf compares each scheme with the grid's first scheme that has ranks, rank by rank, and
// each rank with the smallest, scheme by scheme, unless other references were chosen. Both cells always have
// the same traits. A reference that is planned and not there has no runs, and nothing takes its place.
func comparisonsOf(v View, s metrics.Statistic) []comparison {
	all := v.armCells()
	first := v.firstScheme()
	var schemes, ranks []comparison
	for _, c := range all {
		if r, ok := v.referenceRank(all, c); ok && r.Rank != c.Rank {
			ranks = append(ranks, newComparison(rankFamily, c, r, s))
		}
		if c.Scheme == first {
			continue
		}
		if r, ok := v.referenceScheme(all, c, first); ok {
			d := newComparison(schemeFamily, c, r, s)
			d.unmatched = unmatched(all, c, r)
			schemes = append(schemes, d)
		}
	}
	correct(schemes)
	correct(ranks)
	return append(schemes, ranks...)
}

// referenceRank is the cell with the rank that c is compared with; ok is false if there is none.
func (v View) referenceRank(all []armCell, c armCell) (r armCell, ok bool) {
	sameScheme := func(r armCell) bool { return r.isComparable(c) && r.Scheme == c.Scheme }
	if chosen := v.against[rankField]; chosen != "" {
		i := slices.IndexFunc(all, func(r armCell) bool { return sameScheme(r) && strconv.Itoa(r.Rank) == chosen })
		if i < 0 {
			return r, false
		}
		return all[i], true
	}
	smallest := smallestRank(all, sameScheme)
	if !v.coverage.Whole() && c.Smallest > 0 && c.Smallest < smallest.Rank {
		smallest = c.absent(c.Scheme, c.Smallest)
	}
	return smallest, true
}

// referenceScheme is the cell with the scheme that c is compared with, which has the rank of c or none; ok is
// false if there is none.
func (v View) referenceScheme(all []armCell, c armCell, scheme string) (r armCell, ok bool) {
	isChosen := v.against[schemeField] != ""
	i := slices.IndexFunc(all, func(r armCell) bool {
		return r.isComparable(c) && r.Scheme == scheme && (r.Rank == c.Rank || isChosen && !r.Ranked())
	})
	switch {
	case i >= 0:
		return all[i], true
	case !isChosen && !v.coverage.Whole() && c.Opposed:
		return c.absent(scheme, c.Rank), true
	}
	return r, false
}

// errReferenceMissing is why a comparison was not made with a reference of which no run is
// there yet.
var errReferenceMissing = errors.New("the reference is missing: the grid asks for it, but no run of it is there")

// firstScheme is the scheme that was chosen or else that of the grid's first run that has a rank. If none of
// its runs is there, it is the scaling that the grid names.
func (v View) firstScheme() string {
	if chosen := v.against[schemeField]; chosen != "" {
		return chosen
	}
	first := v.cells[0]
	for _, c := range v.cells {
		if c.Ranked() && (!first.Ranked() || c.Place < first.Place) {
			first = c
		}
	}
	named := first.FirstScaling
	if named != "" && !v.coverage.Whole() && grid.ValueOf(first.Axes, "scaling") != named {
		return named
	}
	return first.Scheme
}

// absent is the reference of c with a scheme and a rank, of which no run is there.
func (c armCell) absent(scheme string, rank int) armCell {
	if scheme != c.Scheme {
		c.arm = -1
	}
	c.Scheme, c.Rank, c.Runs = scheme, rank, nil
	return c
}

// smallestRank is the cell with the smallest rank among those that are ok; at least one
// must be.
func smallestRank(all []armCell, ok func(armCell) bool) armCell {
	all = slices.DeleteFunc(slices.Clone(all), func(c armCell) bool { return !ok(c) })
	return slices.MinFunc(all, func(a, b armCell) int { return a.Rank - b.Rank })
}

// unmatched says how gamma differs already at the smallest rank that two schemes have in
// common; empty if it is equal there, or one of them has no rank.
func unmatched(all []armCell, c, reference armCell) string {
	if len(reference.Runs) == 0 || !c.Ranked() || !reference.Ranked() {
		return ""
	}
	twin := func(a armCell) int { // of the reference's scheme
		return slices.IndexFunc(all, func(b armCell) bool {
			return b.isComparable(c) && b.Scheme == reference.Scheme && b.Rank == a.Rank
		})
	}
	a := smallestRank(all, func(a armCell) bool { return a.isComparable(c) && a.Scheme == c.Scheme && twin(a) >= 0 })
	b := all[twin(a)]
	if math.Abs(a.Gamma-b.Gamma) <= 1e-9*b.Gamma {
		return ""
	}
	return fmt.Sprintf("two things differ: the scheme, and the size of gamma, which is %s and %s already at rank %d; "+
		"match_rank: %d makes them equal there", rounded(a.Gamma), rounded(b.Gamma), a.Rank, a.Rank)
}

// armCells are all cells, in the order of arms. A trait that follows from scheme and rank tells
// none of them apart.
func (v View) armCells() []armCell {
	different := slices.DeleteFunc(slices.Clone(v.differing), func(t trait) bool {
		return !t.isOfMaterial() && followsFromScheme(t, v.arms)
	})
	var all []armCell
	for i, a := range v.arms {
		var traits []string
		for _, t := range different {
			traits = append(traits, t.values[i])
		}
		for _, c := range a.Cells {
			all = append(all, armCell{c, i, strings.Join(traits, "\x00")})
		}
	}
	return all
}

// isOfMaterial reports whether the trait says what runs were made with. Runs that differ in it are not compared.
func (t trait) isOfMaterial() bool {
	return slices.Contains([]string{"model", modelHash, "data", dataHash, "numerics", "trainer"}, t.field)
}

// followsFromScheme reports whether a trait has a single value for each scheme and rank.
func followsFromScheme(t trait, arms []analysis.Arm) bool {
	seen := make(map[string]string)
	for i, a := range arms {
		for _, c := range a.Cells {
			key := fmt.Sprint(c.Scheme, " ", c.Rank)
			if value, ok := seen[key]; ok && value != t.values[i] {
				return false
			}
			seen[key] = t.values[i]
		}
	}
	return true
}

func newComparison(family string, c, reference armCell, s metrics.Statistic) comparison {
	return comparedBy(analysis.Compare, family, c, reference, s)
}

// comparedBy compares two cells by a function of analysis.
func comparedBy(
	compare func(c, reference analysis.Cell, s metrics.Statistic) (analysis.Comparison, error),
	family string, c, reference armCell, s metrics.Statistic,
) comparison {
	d := comparison{family: family, arm: c.arm, referenceArm: reference.arm}
	d.Comparison, d.refused = compare(c.Cell, reference.Cell, s)
	if len(reference.Runs) == 0 {
		d.refused = errReferenceMissing
	}
	if d.refused != nil {
		d.Comparison = analysis.Comparison{
			Cell: c.Cell, Reference: reference.Cell,
			Difference: stats.PairedDifference(nil), ReferenceMean: math.NaN(),
		}
	}
	return d
}

// correct sets the corrected P values of the comparisons of a family.
func correct(family []comparison) {
	var differences, equivalences, beyond []float64
	tests := 0
	for _, d := range family {
		p, q, r := d.p(), math.NaN(), math.NaN()
		if !math.IsNaN(p) {
			q = stats.EquivalenceP(d.Differences, d.margins(), d.SharedSE)
			r = stats.ExceedsP(d.Differences, d.margins(), d.SharedSE)
			tests++
		}
		differences, equivalences, beyond = append(differences, p), append(equivalences, q), append(beyond, r)
	}
	holm, equivalence, exceeds := stats.Holm(differences), stats.Holm(equivalences), stats.Holm(beyond)
	for i := range family {
		family[i].holm, family[i].equivalence, family[i].tests = holm[i], equivalence[i], tests
		family[i].beyond = exceeds[i]
	}
}

// p is the P value of the test; NaN if there was none, since both cells learn the same
// function or since there is at most one pair.
func (d comparison) p() float64 {
	if d.Same || d.Difference.N < 2 {
		return math.NaN()
	}
	return d.Difference.P
}

// margins are the sizes of a difference that matters, one a pair.
func (d comparison) margins() (margins []float64) {
	for _, learned := range d.Learned {
		margins = append(margins, learnedMargin*learned)
	}
	return margins
}

// margin is the mean margin; NaN if one is absent.
func (d comparison) margin() float64 {
	if slices.ContainsFunc(d.Learned, math.IsNaN) {
		return math.NaN()
	}
	return stats.MeanInterval(d.margins()).Mean
}

func (d comparison) allDiverged() bool {
	return d.Cell.Diverged() == len(d.Cell.Runs) || d.Reference.Diverged() == len(d.Reference.Runs)
}

// doubts say why a reader should not take a row at face value.
func (d comparison) doubts(choices []grid.Choice) (doubts []string) {
	if d.refused != nil {
		return []string{strings.TrimPrefix(d.refused.Error(), "analysis: ")}
	}
	add := func(text string) {
		if text != "" && !slices.Contains(doubts, text) {
			doubts = append(doubts, text)
		}
	}
	add(d.oneOfMany())
	add(d.tooFew())
	add(d.survivors())
	add(d.unlearned())
	add(d.unmatched)
	add(d.alsoDiffering())
	add(d.atOneRate())
	add(d.choiceLeftOut())
	for _, c := range []analysis.Cell{d.Cell, d.Reference} {
		add(localEdges(c))
		for _, text := range tuningDoubts(c, choices) {
			add(text)
		}
	}
	return doubts
}

// tooFew says what an interval of few pairs assumes.
func (d comparison) tooFew() string {
	n := d.Difference.N
	switch {
	case n == 1:
		return "n = 1: no interval and no test"
	case math.IsNaN(d.p()) || n >= stats.FlipPairs:
		return ""
	}
	return fmt.Sprintf("n = %d: interval and p assume a normal distribution, which so few pairs cannot confirm", n)
}

// oneOfMany says what the verdict on a row would be if it were the only test, if that differs
// from the corrected verdict.
func (d comparison) oneOfMany() string {
	p := d.p()
	if !(p <= level) || d.holm <= level {
		return ""
	}
	return fmt.Sprintf("as the only test it would be %s (p = %s), but it is one of %d tests",
		verdictOf(d.Difference.Mean, true, false), number.Significant(p, 2), d.tests)
}

// survivors says which seeds the difference is over, if runs have no loss.
func (d comparison) survivors() string {
	text := ""
	if n := d.Cell.Diverged() + d.Reference.Diverged(); n > 0 && d.Difference.N > 0 {
		text = "only seeds that diverged in neither setting are compared: a sample of survivors"
	}
	if n := d.Cell.Failed() + d.Reference.Failed(); n > 0 {
		text = strings.TrimPrefix(text+fmt.Sprintf("; %d runs failed", n), "; ")
	}
	return text
}

// unlearned says that one of the cells learned nothing.
func (d comparison) unlearned() string {
	for _, c := range []analysis.Cell{d.Cell, d.Reference} {
		if c.Learned() < 0 {
			return fmt.Sprintf("%s at rank %d ended with a higher loss than before training",
				d.name(c), c.Rank)
		}
	}
	return ""
}

// alsoDiffering warns that two things differ.
func (d comparison) alsoDiffering() string {
	except := append([]string{"seed", "rank", "scaling"}, d.Cell.Nuisance...)
	switch d.family {
	case schemeFamily:
		except = append(except, "alpha", "match_rank", "method") // these are seen in gamma, and in the scheme's name
	case initFamily:
		except = append(except, "init")
	case methodFamily:
		except = append(except, "method", "target_rank", "tinit", "tfinal") // how AdaLoRA works
	}
	thing := strings.TrimSuffix(d.family, "s")
	if d.axis != nil {
		except, thing = append(except, d.axis.field), d.axis.name
	}
	names := analysis.Differing(d.Cell.Runs[0].Run, d.Reference.Runs[0].Run, except...)
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf("two things differ: the %s, and %s", thing, strings.Join(names, " and "))
}

// atOneRate warns of a comparison in which no learning rate was tuned.
func (d comparison) atOneRate() string {
	if slices.Contains(d.Cell.Nuisance, "lr") || d.Cell.LR != d.Reference.LR {
		return ""
	}
	return fmt.Sprintf("at one learning rate, %s: either may do better at another", number.Brief(d.Cell.LR))
}

// tuningDoubts are the doubts about how a cell was tuned.
func tuningDoubts(c analysis.Cell, choices []grid.Choice) []string {
	for _, t := range choices {
		if !slices.ContainsFunc(t.Axes, func(a grid.Coordinate) bool { return !slices.Contains(c.Axes, a) }) {
			return t.Doubts()
		}
	}
	return nil
}
