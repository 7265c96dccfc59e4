package tokenizer

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/rangetable"
)

// runeSet is a class of characters: those of a table and those outside one of except, or all
// others.
type runeSet struct {
	ascii   [utf8.RuneSelf]bool
	table   *unicode.RangeTable
	except  []*unicode.RangeTable
	negated bool
}

func newRuneSet(negated bool, table *unicode.RangeTable) *runeSet {
	s := &runeSet{negated: negated}
	s.of([]*unicode.RangeTable{table})
	return s
}

// of sets the table to all characters of some tables.
func (s *runeSet) of(tables []*unicode.RangeTable) {
	if len(tables) == 1 {
		s.table = tables[0]
	} else {
		s.table = rangetable.Merge(tables...)
	}
	for c := range s.ascii {
		s.ascii[c] = s.hasWide(rune(c))
	}
}

func (s *runeSet) hasWide(r rune) bool {
	has := unicode.Is(s.table, r)
	for _, table := range s.except {
		has = has || !unicode.Is(table, r)
	}
	return has != s.negated
}

// size returns the length in bytes of the character at a position of text, or 0 if the character is
// not in s.
func (s *runeSet) size(text string, at int) int {
	if at == len(text) {
		return 0
	}
	if c := text[at]; c < utf8.RuneSelf {
		if s.ascii[c] {
			return 1
		}
		return 0
	}
	r, size := utf8.DecodeRuneInString(text[at:])
	if s.hasWide(alike(r)) {
		return size
	}
	return 0
}

// sameWhenLower returns the characters whose lower case is that of r.
func sameWhenLower(r rune) []rune {
	lower := unicode.ToLower(r)
	all := []rune{lower}
	for other := unicode.SimpleFold(lower); other != lower; other = unicode.SimpleFold(other) {
		if unicode.ToLower(other) == lower {
			all = append(all, other)
		}
	}
	if lower == 'i' {
		all = append(all, 'İ') // its lower case is two characters
	}
	return all
}

func runeTable(all []rune) *unicode.RangeTable { return rangetable.New(all...) }

func runeRange(from, to rune) *unicode.RangeTable {
	const last16 = 1<<16 - 1
	var t unicode.RangeTable
	if from <= last16 {
		t.R16 = []unicode.Range16{{Lo: uint16(from), Hi: uint16(min(to, last16)), Stride: 1}}
	}
	if to > last16 {
		t.R32 = []unicode.Range32{{Lo: uint32(max(from, last16+1)), Hi: uint32(to), Stride: 1}}
	}
	return &t
}

// escapedClass returns the characters of an escape such as \s or \p{L}, or nil; if negated is true,
// the escape stands for all other characters.
func escapedClass(escape string) (table *unicode.RangeTable, negated bool) {
	switch escape[1] {
	case 's', 'S':
		return unicode.White_Space, escape[1] == 'S'
	case 'd', 'D':
		return unicode.Nd, escape[1] == 'D'
	case 'p', 'P':
		name := strings.Trim(escape[2:], "{}")
		if short, ok := unicode.CategoryAliases[name]; ok {
			name = short
		}
		table = unicode.Categories[name]
		if table == nil {
			table = unicode.Scripts[name]
		}
		return table, escape[1] == 'P'
	}
	return nil, false
}

// escapedRune returns the character of an escape such as \n, \$ and \u4e00.
func escapedRune(escape string) (r rune, ok bool) {
	c := escape[1]
	if i := strings.IndexByte("tnvfrae", c); i >= 0 {
		return rune("\t\n\v\f\r\a\x1b"[i]), true
	}
	if digitsAfter[c] > 0 {
		n, err := strconv.ParseUint(strings.Trim(escape[2:], "{}"), 16, 32)
		return rune(n), err == nil && utf8.ValidRune(rune(n))
	}
	return rune(c), c < utf8.RuneSelf && (c == '_' || !isWord(rune(c)))
}
