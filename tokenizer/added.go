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
type matcher struct {
	texts  prefixes
	list   []match // in the order of texts
	firsts []byte  // with which texts begin
}

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

func newMatcher(added []match) (m matcher) {
	added = slices.Clone(added)
	slices.SortStableFunc(added, func(a, b match) int { return cmp.Compare(a.text, b.text) })
	var texts []string
	for i, a := range added {
		if a.text == "" || i > 0 && a.text == added[i-1].text { // of equal texts the first counts
			continue
		}
		texts, m.list = append(texts, a.text), append(m.list, a)
	}
	m.texts = newPrefixes(texts)
	for c := range 256 {
		if m.texts.begin(byte(c)) {
			m.firsts = append(m.firsts, byte(c))
		}
	}
	return m
}

// split returns the parts of text in order, none of them empty.
func (m *matcher) split(b *budget, text string) []part {
	var parts []part
	begin, spaces := 0, spaces{budget: b, text: text}
	for at := m.next(text, 0); at < len(text); at = m.next(text, at) {
		found := m.longest(b, text[at:])
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
			from = begin + len(strings.TrimRightFunc(text[begin:max(begin, from)], unicode.IsSpace))
		}
		if found.rstrip {
			to = max(to, begin) // what the token before it took in is white space
			to = spaces.after(to)
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

// spaces finds the ends of white space, and remembers the last one: many tokens may lie in one stretch.
type spaces struct {
	*budget
	text     string
	from, to int // white space
}

// after returns where the white space ends that begins at a place, or that the place lies in.
func (s *spaces) after(at int) int {
	if at < s.from || at > s.to {
		s.from, s.to = at, len(s.text)-len(strings.TrimLeftFunc(s.text[at:], unicode.IsSpace))
		s.spend(s.to - at)
	}
	return s.to
}

// next returns the next place, from at on, where a token may begin, or the end of text.
func (m *matcher) next(text string, at int) int {
	switch len(m.firsts) {
	case 0:
		return len(text)
	case 1: // as in most tokenizers
		if i := strings.IndexByte(text[at:], m.firsts[0]); i >= 0 {
			return at + i
		}
		return len(text)
	}
	for at < len(text) && !m.texts.begin(text[at]) {
		at++
	}
	return at
}

// longest returns the longest token with which text begins.
func (m *matcher) longest(b *budget, text string) (found *match) {
	b.spend(m.texts.find(text, func(i int) { found = &m.list[i] }))
	return found
}

func endsInWord(text string) bool {
	r, size := utf8.DecodeLastRuneInString(text)
	return size > 0 && isWord(r)
}

func beginsWithWord(text string) bool {
	r, size := utf8.DecodeRuneInString(text)
	return size > 0 && isWord(r)
}
