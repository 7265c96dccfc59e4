package tokenizer

import "unicode/utf8"

// atom is a step of a regular expression. There are three kinds. A class of characters
// matches from least to most times. Branches are tried in order, and the first one counts
// after which the rest matches too. With ahead, branches look at the text that follows
// without taking any of it: one must match (1), or none may match (−1).
type atom struct {
	set         *runeSet
	least, most int
	possessive  bool // never gives back characters that it took
	branches    []*atom
	ahead       int

	next *atom // nil at the end of the expression, or of a branch of an ahead
}

// match returns the end of a match of the expression from a on, or none. Of several matches
// it is the one that backtracking finds first.
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

// run takes as many characters as possible, and returns their end and number.
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

// giveBack matches the rest of the expression after the n characters of a that end at end, or
// after fewer of them.
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

// beginsWith reports whether a match from a on may begin with the ASCII character c, or be
// empty.
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

// expression is a regular expression, indexed by the first byte of a match: an element has the
// atoms of the branches that may begin with that byte.
type expression [utf8.RuneSelf + 1]*atom // the last element is for all bytes beyond ASCII

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

// findAll is the expression's [finder].
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
