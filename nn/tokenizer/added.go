package tokenizer

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// matcher finds added tokens in text: the leftmost, and of those that begin
// at one place the longest.
type matcher [256][]match // by first byte, longest first

type match struct {
	text string
	id   int32
}

func newMatcher(added []match) matcher {
	var m matcher
	for _, a := range added {
		if a.text != "" {
			m[a.text[0]] = append(m[a.text[0]], a)
		}
	}
	for _, list := range m {
		slices.SortStableFunc(list, func(a, b match) int { return cmp.Compare(len(b.text), len(a.text)) })
	}
	return m
}

// split yields the parts of text in order: added tokens with their ids, and
// what lies between, if it is not empty, with none.
func (m *matcher) split(text string) iter.Seq2[string, int32] {
	return func(yield func(string, int32) bool) {
		begin := 0
		for at := 0; at < len(text); {
			found := m.at(text[at:])
			if found.text == "" {
				at++
				continue
			}
			if begin < at && !yield(text[begin:at], none) {
				return
			}
			if !yield(found.text, found.id) {
				return
			}
			at += len(found.text)
			begin = at
		}
		if begin < len(text) {
			yield(text[begin:], none)
		}
	}
}

// at returns the added token that text, which is not empty, begins with.
func (m *matcher) at(text string) match {
	for _, a := range m[text[0]] {
		if strings.HasPrefix(text, a.text) {
			return a
		}
	}
	return match{}
}
