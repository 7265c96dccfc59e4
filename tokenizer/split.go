package tokenizer

import (
	"maps"
	"slices"
	"strings"
)

// behavior says what becomes of the matches in a text and of the stretches between them.
type behavior struct {
	joins   func(before, isMatch bool) bool // whether a stretch joins the one before it; nil for never
	removes bool                            // matches are left out; where stretches never join
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
	return func(b *budget, pieces []piece, to *list) {
		var s stretches
		match := s.match // one for all pieces, since each takes memory
		for _, p := range pieces {
			b.spend(1 + len(p.text))
			s = stretches{piece: p, behavior: do, list: to}
			find(b, p.text, match)
			s.finish()
		}
	}
}

// stretches splits a piece into stretches.
type stretches struct {
	piece piece
	behavior
	list *list

	at       int  // the end of the last match
	from, to int  // the last stretch, with those that joined it, if stretches may join
	isMatch  bool // whether the last one that joined it is a match
}

// match adds the next match, and the stretch before it.
func (s *stretches) match(begin, end int) {
	if s.at < begin {
		s.add(s.at, begin, false)
	}
	s.add(begin, end, true)
	s.at = end
}

// finish adds the stretch after the last match.
func (s *stretches) finish() {
	if size := len(s.piece.text); s.at < size {
		s.add(s.at, size, false)
	}
	s.yield(s.from, s.to)
}

// add adds the next stretch.
func (s *stretches) add(begin, end int, isMatch bool) {
	isMatch = isMatch != s.inverts
	switch {
	case s.joins == nil:
		if !(s.removes && isMatch) {
			s.yield(begin, end)
		}
		return
	case !s.joins(s.isMatch, isMatch):
		s.yield(s.from, s.to)
		s.from = begin
	}
	s.to, s.isMatch = end, isMatch
}

// yield adds a stretch that is not empty to the list.
func (s *stretches) yield(from, to int) {
	if from < to {
		start := from == 0
		s.list.add(piece{s.piece.text[from:to], s.piece.first && start, s.piece.goesOn && start})
	}
}
