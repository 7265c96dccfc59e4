package tokenizer

import (
	"maps"
	"slices"
	"strings"
)

// behavior says what becomes of the matches in a text and of the stretches between them.
type behavior struct {
	removes bool                            // matches are left out
	joins   func(before, isMatch bool) bool // whether a stretch joins the one before it; nil for never
	inverts bool                            // a match counts as no match, and the other way round
}

var behaviors = map[string]behavior{
	"Removed":            removed,
	"Isolated":           isolated,
	"MergedWithPrevious": {joins: func(before, isMatch bool) bool { return isMatch && !before }},
	"MergedWithNext":     mergedWithNext,
	"Contiguous":         {joins: func(before, isMatch bool) bool { return before == isMatch }},
}

var (
	isolated       = behavior{}
	removed        = behavior{removes: true}
	others         = behavior{removes: true, inverts: true} // leaves out what is between matches
	mergedWithNext = behavior{joins: func(before, isMatch bool) bool { return before && !isMatch }}
)

func (c *component) split(find finder) ([]preTokenizer, error) {
	do, ok := behaviors[c.Behavior]
	if !ok {
		known := slices.Sorted(maps.Keys(behaviors))
		return nil, c.refuse("behavior "+c.Behavior+" of pre_tokenizer", strings.Join(known, ", "))
	}
	do.inverts = c.Invert
	return []preTokenizer{splitter(find, do)}, nil
}

// splitter returns a preTokenizer that splits pieces at the matches of find.
func splitter(find finder, do behavior) preTokenizer {
	return func(b *budget, p piece, yield func(piece)) {
		s := stretches{piece: p, behavior: do, yield: yield}
		at := 0
		find(b, p.text, func(begin, end int) {
			if at < begin {
				s.add(at, begin, false)
			}
			s.add(begin, end, true)
			at = end
		})
		if at < len(p.text) {
			s.add(at, len(p.text), false)
		}
		s.end()
	}
}

// stretches splits a piece into stretches.
type stretches struct {
	piece piece
	behavior
	yield func(piece)

	from, to int  // the stretch that was added last, with those that joined it
	some     bool // whether there is one
	isMatch  bool // whether the last one that joined it is a match
}

// add adds the next stretch.
func (s *stretches) add(begin, end int, isMatch bool) {
	isMatch = isMatch != s.inverts
	if !(s.some && s.joins != nil && s.joins(s.isMatch, isMatch)) {
		s.end()
		s.from = begin
	}
	s.to, s.isMatch, s.some = end, isMatch, true
	if s.removes && isMatch {
		s.from = end
	}
}

// end yields the last stretch.
func (s *stretches) end() {
	if s.from < s.to {
		start := s.from == 0
		s.yield(piece{s.piece.text[s.from:s.to], s.piece.first && start, s.piece.goesOn && start})
	}
}
