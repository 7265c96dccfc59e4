package tokenizer

import "unicode/utf8"

// atom is a step of a regular expression. It is one of three: a class of
// characters, from least to most times; branches, of which the first counts
// from which the rest can be matched too; or, with ahead, branches of which
// one must match (1) or none may (−1) what follows, and which take none of it.
type atom struct {
	set         *runeSet
	least, most int
	possessive  bool // gives back nothing that it took
	branches    []*atom
	ahead       int

	next *atom // nil ends the expression, or the branches of an ahead
}

// match returns where a match of the expression from a on ends, or none. Of
// several it is the one that backtracking finds first.
func (a *atom) match(text string, at int) int {
	for ; a != nil; a = a.next {
		switch {
		case a.set != nil:
			end, n := a.run(text, at)
			if n < a.least {
				return none
			}
			if n > a.least && !a.possessive && a.next != nil {
				return a.giveBack(text, end, n)
			}
			at = end
		case a.ahead != 0:
			if (a.branch(text, at) != none) != (a.ahead > 0) {
				return none
			}
		default:
			return a.branch(text, at)
		}
	}
	return at
}

// run takes as many characters as a may, and returns their end and number.
func (a *atom) run(text string, at int) (end, n int) {
	for n < a.most {
		size := a.set.size(text, at)
		if size == 0 {
			break
		}
		at += size
		n++
	}
	return at, n
}

// giveBack matches the rest after the n characters of a that end at a place,
// or after fewer.
func (a *atom) giveBack(text string, end, n int) int {
	for ; ; n-- {
		if m := a.next.match(text, end); m != none || n == a.least {
			return m
		}
		_, size := utf8.DecodeLastRuneInString(text[:end])
		end -= size
	}
}

func (a *atom) branch(text string, at int) int {
	for _, b := range a.branches {
		if m := b.match(text, at); m != none {
			return m
		}
	}
	return none
}

// beginsWith reports whether a match from a on may begin with the ASCII
// character c, or be empty.
func (a *atom) beginsWith(c byte) bool {
	for ; a != nil; a = a.next {
		switch {
		case a.set != nil:
			if a.set.ascii[c] || a.least > 0 {
				return a.set.ascii[c]
			}
		case a.ahead == 0:
			for _, b := range a.branches {
				if b.beginsWith(c) {
					return true
				}
			}
			return false
		}
	}
	return true
}

// isEmpty reports whether a match from a on may be empty.
func (a *atom) isEmpty() bool {
	for ; a != nil; a = a.next {
		switch {
		case a.set != nil:
			if a.least > 0 {
				return false
			}
		case a.ahead == 0:
			for _, b := range a.branches {
				if b.isEmpty() {
					return true
				}
			}
			return false
		}
	}
	return true
}

// expression is a regular expression by the first byte of a match: the atoms
// of those of its branches that may begin with it.
type expression [utf8.RuneSelf + 1]*atom // the last for all that is not ASCII

func newExpression(root *atom) *expression {
	var e expression
	for c := range e {
		first := &atom{}
		for _, b := range root.branches {
			if c == utf8.RuneSelf || b.beginsWith(byte(c)) {
				first.branches = append(first.branches, b)
			}
		}
		e[c] = first
	}
	return &e
}

// findAll is a finder.
func (e *expression) findAll(text string, match func(begin, end int)) {
	for at := 0; at < len(text); {
		end := e[min(text[at], utf8.RuneSelf)].branch(text, at)
		if end != none {
			match(at, end)
			at = end
			continue
		}
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
}
