package tokenizer

import "unicode/utf8"

// kind says what an atom matches.
type kind int

const (
	class     kind = iota // characters of a set, from least to most of them
	group                 // branches, tried in order; the first counts after which the rest matches too
	atomic                // branches without the rest: the first that matches counts
	ahead                 // an empty text before one of the branches
	notAhead              // an empty text before none of them
	behind                // an empty text after one of the branches
	notBehind             // an empty text after none of them
	textBegin
	textEnd
	lineBegin
	lineEnd
)

// atom is a step of a regular expression.
type atom struct {
	kind        kind
	set         *runeSet
	least, most int
	lazy        bool // takes as few characters as possible first
	possessive  bool // never gives back characters that it took
	branches    []*atom
	widths      []int // numbers of characters of the branches of a behind

	next *atom // nil at the end of the expression, or of a branch without the rest
}

// search is an attempt to find expressions in a text.
type search struct {
	*budget
	text  string
	depth int // of branches within one another
}

// match returns the end of a match of the expression from a on, or none. Of several matches
// it is the one that backtracking finds first.
func (a *atom) match(s *search, at int) int {
	for a != nil {
		switch a.kind {
		case class:
			end, n := a.run(s.text, at)
			if n == 0 && a.least > 0 {
				return none
			}
			s.spend(1 + n)
			switch {
			case n < a.least:
				return none
			case a.lazy:
				return a.takeMore(s, at)
			case n > a.least && !a.possessive && a.next != nil:
				return a.giveBack(s, end, n)
			}
			at = end
		case group:
			last := len(a.branches) - 1
			if end := s.firstOf(a.branches[:last], at); end != none {
				return end
			}
			a = a.branches[last]
			continue
		case atomic:
			if at = s.firstOf(a.branches, at); at == none {
				return none
			}
		default:
			s.spend(1)
			if !a.holds(s, at) {
				return none
			}
		}
		a = a.next
	}
	return at
}

// run takes as many characters as possible, and returns their end and number.
func (a *atom) run(text string, at int) (end, n int) {
	ascii, most := &a.set.ascii, a.most
	for ; n < most && at < len(text); n++ {
		if c := text[at]; c < utf8.RuneSelf {
			if !ascii[c] {
				break
			}
			at++
			continue
		}
		size := a.set.size(text, at)
		if size == 0 {
			break
		}
		at += size
	}
	return at, n
}

// giveBack matches the rest of the expression after the n characters of a that end at end, or
// after fewer of them.
func (a *atom) giveBack(s *search, end, n int) int {
	s.enter()
	for ; ; n-- {
		if m := a.next.match(s, end); m != none || n == a.least {
			s.depth--
			return m
		}
		s.spend(1)
		_, size := utf8.DecodeLastRuneInString(s.text[:end])
		end -= size
	}
}

// takeMore matches the rest of the expression after the fewest characters of a, or after more of
// them.
func (a *atom) takeMore(s *search, at int) int {
	s.enter()
	end := none
	for n := 0; end == none; n++ {
		if n >= a.least {
			if end = a.next.match(s, at); end != none || n == a.most {
				break
			}
		}
		size := a.set.size(s.text, at)
		if size == 0 {
			break
		}
		s.spend(1)
		at += size
	}
	s.depth--
	return end
}

// firstOf returns the end of the first of some branches that matches, or none.
func (s *search) firstOf(branches []*atom, at int) int {
	s.enter()
	s.spend(1 + len(branches))
	end := none
	for _, b := range branches {
		if end = b.match(s, at); end != none {
			break
		}
	}
	s.depth--
	return end
}

// maxDepth bounds the memory of a search: a level takes about 300 bytes of it.
const maxDepth = 200_000

func (s *search) enter() {
	if s.depth++; s.depth > maxDepth {
		s.fail("repeats a group more than %d times", maxDepth)
	}
}

// holds reports whether an empty text matches at a position.
func (a *atom) holds(s *search, at int) bool {
	switch a.kind {
	case ahead, notAhead:
		return (s.firstOf(a.branches, at) != none) == (a.kind == ahead)
	case behind, notBehind:
		return a.endsAt(s, at) == (a.kind == behind)
	case textBegin:
		return at == 0
	case textEnd:
		return at == len(s.text)
	case lineBegin: // Oniguruma sees no line after the last line feed of a text
		return at == 0 || at < len(s.text) && s.text[at-1] == '\n'
	}
	return at == len(s.text) || s.text[at] == '\n'
}

// endsAt reports whether a match of one of the branches of a behind ends at a position.
func (a *atom) endsAt(s *search, at int) bool {
	for i, b := range a.branches {
		from, n := at, 0
		for n < a.widths[i] && from > 0 {
			_, size := utf8.DecodeLastRuneInString(s.text[:from])
			from -= size
			n++
		}
		s.spend(n)
		if n == a.widths[i] && s.firstOf([]*atom{b}, from) != none {
			return true
		}
	}
	return false
}

// expression is a compiled regular expression.
type expression struct {
	// first has for each ASCII character the branches that may begin with it; then those for
	// other characters, and those for the end of a text.
	first [utf8.RuneSelf + 2][]*atom
}

const (
	wide    = utf8.RuneSelf
	nothing = utf8.RuneSelf + 1
)

// newExpression returns the expression of some alternatives, whose first atoms are given.
func newExpression(branches sequences, first []*atom) *expression {
	var e expression
	for i, sequence := range branches {
		begins := sequence.begins()
		for c := range e.first {
			if sequence.isNullable() || c == wide || c < wide && begins[c] {
				e.first[c] = append(e.first[c], first[i])
			}
		}
	}
	return &e
}

// findAll is the expression's [finder]. As in Hugging Face's library, an empty match counts
// unless another match ends where it begins.
func (e *expression) findAll(b *budget, text string, match func(begin, end int)) {
	s := search{budget: b, text: text}
	last := none // end of the last match
	for at := 0; at <= len(text); {
		begin, size := nothing, 1 // the index in first of the character at this place, and its size
		if at < len(text) {
			if begin = int(text[at]); begin >= wide {
				_, size = utf8.DecodeRuneInString(text[at:])
				begin = wide
			}
		}
		end := none
		if branches := e.first[begin]; branches != nil { // none begins with most characters
			end = s.firstOf(branches, at)
		}
		if end > at || end == at && at != last {
			match(at, end)
			last = end
		}
		at = max(end, at+size)
	}
}
