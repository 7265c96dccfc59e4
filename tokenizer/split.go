package tokenizer

import (
	"maps"
	"slices"
	"strings"
)

// stretch is a part of a text: a match, or the text between two matches.
type stretch struct {
	begin, end int
	found      bool
}

// behavior changes the stretches of a text, for example by joining some.
type behavior func([]stretch) []stretch

var behaviors = map[string]behavior{
	"Removed":            removed,
	"Isolated":           isolated,
	"MergedWithPrevious": mergedWithPrevious,
	"MergedWithNext":     mergedWithNext,
	"Contiguous":         contiguous,
}

func (c *component) split(find finder) ([]preTokenizer, error) {
	do, ok := behaviors[c.Behavior]
	if !ok {
		known := slices.Sorted(maps.Keys(behaviors))
		return nil, c.refuse("behavior "+c.Behavior+" of pre_tokenizer", strings.Join(known, ", "))
	}
	if c.Invert {
		do = inverted(do)
	}
	return []preTokenizer{splitter(find, do)}, nil
}

// splitter returns a preTokenizer that splits pieces at the matches of find.
func splitter(find finder, do behavior) preTokenizer {
	return func(s *scratch, p piece) {
		all := s.stretches[:0]
		at := 0
		find(&s.budget, p.text, func(begin, end int) {
			if at < begin {
				all = append(all, stretch{at, begin, false})
			}
			all = append(all, stretch{begin, end, true})
			at = end
		})
		if at < len(p.text) {
			all = append(all, stretch{at, len(p.text), false})
		}
		s.stretches = all
		for _, part := range do(all) {
			if part.begin < part.end {
				start := part.begin == 0
				s.finer = append(s.finer, piece{p.text[part.begin:part.end], p.first && start, p.goesOn && start})
			}
		}
	}
}

func inverted(do behavior) behavior {
	return func(all []stretch) []stretch {
		for i := range all {
			all[i].found = !all[i].found
		}
		return do(all)
	}
}

func isolated(all []stretch) []stretch { return all }

func removed(all []stretch) []stretch {
	return slices.DeleteFunc(all, func(s stretch) bool { return s.found })
}

// contiguous joins neighbouring matches.
func contiguous(all []stretch) []stretch {
	return unite(all, func(before, s stretch) bool { return before.found == s.found })
}

// mergedWithPrevious joins each match to the stretch before it.
func mergedWithPrevious(all []stretch) []stretch {
	return unite(all, func(before, s stretch) bool { return s.found && !before.found })
}

// mergedWithNext joins each match to the stretch after it.
func mergedWithNext(all []stretch) []stretch {
	return unite(all, func(before, s stretch) bool { return before.found && !s.found })
}

// unite joins the neighbours for which joins is true.
func unite(all []stretch, joins func(before, s stretch) bool) []stretch {
	joined := all[:0]
	var before stretch
	for i, s := range all {
		if i > 0 && joins(before, s) {
			joined[len(joined)-1].end = s.end
		} else {
			joined = append(joined, s)
		}
		before = s
	}
	return joined
}
