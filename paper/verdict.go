package paper

import "errors"

// Verdict says how the first of two losses compares with the second.
type Verdict uint8

// The verdicts. Lower and Higher are said of the first loss.
const (
	NotSeparated Verdict = iota
	Lower
	Higher
	Equivalent
	LowerWithinMargin // lower, but by too little to matter
	HigherWithinMargin
	Twins // the training of both is mathematically identical
	Diverged
	NoPair
	Refused
	ReferenceMissing // the plan has the reference, but no run of it is there
)

// String returns the words of tables. No code may decide by them.
func (v Verdict) String() string {
	return [...]string{
		"not separated", "lower", "higher", "equivalent", "lower, within the margin", "higher, within the margin",
		"same function", "diverged", "no pair", "refused",
		"reference missing",
	}[v]
}

// IsLower reports whether the first loss is lower, by however little.
func (v Verdict) IsLower() bool { return v == Lower || v == LowerWithinMargin }

// IsHigher reports whether the first loss is higher, by however little.
func (v Verdict) IsHigher() bool { return v == Higher || v == HigherWithinMargin }

// IsEquivalent reports whether the difference is shown to be within the margin.
func (v Verdict) IsEquivalent() bool {
	return v == Equivalent || v == LowerWithinMargin || v == HigherWithinMargin
}

// verdict is the verdict on a comparison, by its corrected P values.
func (d comparison) verdict() Verdict {
	n := d.Difference.N
	switch {
	case errors.Is(d.refused, errReferenceMissing):
		return ReferenceMissing
	case d.refused != nil:
		return Refused
	case n == 0 && d.allDiverged():
		return Diverged
	case n == 0:
		return NoPair
	case d.Same:
		return Twins
	}
	return verdictOf(d.Difference.Mean, d.holm <= level, d.equivalence <= level)
}

// verdictOf is the verdict on a mean difference, once the tests have spoken.
func verdictOf(mean float64, separated, equivalent bool) Verdict {
	switch {
	case separated && equivalent && mean < 0:
		return LowerWithinMargin
	case separated && equivalent:
		return HigherWithinMargin
	case separated && mean < 0:
		return Lower
	case separated:
		return Higher
	case equivalent:
		return Equivalent
	}
	return NotSeparated
}
