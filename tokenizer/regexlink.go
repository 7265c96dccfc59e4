package tokenizer

import (
	"math"
	"slices"
)

// linker turns the parts of an expression into linked atoms.
type linker struct{ room int } // number of atoms that may still be made

// link links the atoms of each alternative, followed by next, and returns the first atoms.
func (l *linker) link(all sequences, next *atom) []*atom {
	first := make([]*atom, len(all))
	for i, sequence := range all {
		first[i] = next
		for _, p := range slices.Backward(sequence) {
			first[i] = l.part(p, first[i])
		}
	}
	return first
}

func (l *linker) part(p parsed, next *atom) *atom {
	switch {
	case p.kind == group && p.possessive:
		a := l.atom(atom{kind: atomic, next: next})
		a.branches = []*atom{l.group(p, nil)}
		return a
	case p.kind == group:
		return l.group(p, next)
	}
	a := l.atom(atom{kind: p.kind, set: p.set, least: p.least, most: p.most, lazy: p.lazy,
		possessive: p.possessive, next: next})
	a.branches = l.link(p.inner, nil)
	for _, sequence := range p.inner {
		a.widths = append(a.widths, sequence.width())
	}
	return a
}

func (l *linker) atom(a atom) *atom {
	l.room--
	return &a
}

// group writes a repeated group out: X{2,4} as XX(?:X(?:X)?)?, and X{2,} as XX with a loop around
// the last X.
func (l *linker) group(p parsed, next *atom) *atom {
	first, least := next, p.least
	if p.most == math.MaxInt {
		loop := l.atom(atom{kind: group})
		once := l.link(p.inner, loop)
		loop.branches = choice(p.lazy, once, next)
		if first = loop; least > 0 {
			first = l.atom(atom{kind: group, branches: once})
			least--
		}
	} else {
		for n := p.most; n > least && l.room > 0; n-- {
			first = l.atom(atom{kind: group, branches: choice(p.lazy, l.link(p.inner, first), next)})
		}
	}
	for n := least; n > 0 && l.room > 0; n-- {
		first = l.atom(atom{kind: group, branches: l.link(p.inner, first)})
	}
	return first
}

// choice returns the branches of a repetition that may end here: those that go on, and rest.
func choice(lazy bool, more []*atom, rest *atom) []*atom {
	if lazy {
		return append([]*atom{rest}, more...)
	}
	return append(slices.Clip(more), rest)
}
