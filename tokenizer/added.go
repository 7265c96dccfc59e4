package tokenizer

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// matcher finds added tokens in text: the leftmost one and, of several that begin there, the
// longest.
type matcher [256][]match // by first byte, longest first

// match is an added token with the text to look for.
type match struct {
	text           string
	id             int32
	singleWord     bool // matches only if no letter or digit is next to it
	lstrip, rstrip bool // takes in the white space beside it
}

// part is a part of a text: an added token, or the text between two, which has the id none.
type part struct {
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

// split returns the parts of text in order, none of them empty.
func (m *matcher) split(text string) []part {
	var parts []part
	begin := 0
	for at := 0; at < len(text); {
		if m[text[at]] == nil {
			at++
			continue
		}
		found := m.at(text[at:])
		if found == nil {
			at++
			continue
		}
		from, to := at, at+len(found.text)
		at = to
		if found.singleWord && (endsInWord(text[:from]) || beginsWithWord(text[to:])) {
			continue
		}
		if found.lstrip {
			from = max(begin, len(strings.TrimRightFunc(text[:from], unicode.IsSpace)))
		}
		if found.rstrip {
			to = len(text) - len(strings.TrimLeftFunc(text[to:], unicode.IsSpace))
		}
		if begin < from {
			parts = append(parts, part{text[begin:from], none})
		}
		// A token of white space may lie in the white space that the token before it took in.
		parts = append(parts, part{text[min(max(begin, from), to):to], found.id})
		begin = to
	}
	if begin < len(text) {
		parts = append(parts, part{text[begin:], none})
	}
	return parts
}

// at returns the added token with which text begins; text is not empty.
func (m *matcher) at(text string) *match {
	for i, a := range m[text[0]] {
		if strings.HasPrefix(text, a.text) {
			return &m[text[0]][i]
		}
	}
	return nil
}

func endsInWord(text string) bool {
	r, size := utf8.DecodeLastRuneInString(text)
	return size > 0 && isWord(r)
}

func beginsWithWord(text string) bool {
	r, size := utf8.DecodeRuneInString(text)
	return size > 0 && isWord(r)
}
