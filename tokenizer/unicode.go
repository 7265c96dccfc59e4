package tokenizer

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/unicode/rangetable"
)

// Hugging Face's tokenizers 0.23 takes the properties of characters from several libraries, which
// follow other versions of Unicode than Go. Go's tables, in unicode and in x/text, are those of
// 15.0 (as of Go 1.26); the libraries' versions are:
//
//   - classes in regular expressions (Oniguruma) and words: 16.0
//   - numbers and lower case (Rust's standard library): 17.0
//   - normal forms and combining marks: 9.0
//   - punctuation: 8.0, with two characters that changed their category
//
// TestEveryCodePoint compares the functions below with that library for every character.

// alike returns a character that has in Go's tables the category that r has in Unicode 16.0: r
// itself, unless the category is newer than Go's tables.
func alike(r rune) rune {
	if r < newer[0].from {
		return r
	}
	i, found := slices.BinarySearchFunc(newer[:], r, func(n newRange, r rune) int {
		switch {
		case n.to < r:
			return -1
		case n.from > r:
			return 1
		}
		return 0
	})
	if !found {
		return r
	}
	return newer[i].alike
}

// newRange is a range of characters whose category in Unicode 16.0 differs from Go's tables, and a
// character that has that category in both.
type newRange struct{ from, to, alike rune }

// isWord reports whether r is a word character of Unicode Technical Standard
// 18, annex C: alphabetic, mark, decimal digit, connector or join control.
func isWord(r rune) bool {
	if r < utf8.RuneSelf {
		return r == '_' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z'
	}
	return unicode.In(alike(r), unicode.L, unicode.M, unicode.Nd, unicode.Nl, unicode.Pc,
		unicode.Other_Alphabetic, unicode.Join_Control)
}

// isNumeric reports whether r is a number of any kind.
func isNumeric(r rune) bool {
	return unicode.IsNumber(alike(r)) || 0x11de0 <= r && r <= 0x11de9 || 0x16ff4 <= r && r <= 0x16ff6
}

var assigned8 = rangetable.Assigned("8.0.0")

// isPunctuation reports whether r is punctuation, or an ASCII symbol.
func isPunctuation(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return '!' <= r && r <= '~' && !isWord(r) || r == '_'
	case r == 0x166d || r == 0x111c9:
		return true
	}
	return unicode.IsPunct(r) && unicode.Is(assigned8, r)
}

var assigned9 = rangetable.Assigned("9.0.0")

// isMark reports whether r is a combining mark.
func isMark(r rune) bool {
	switch {
	case r < 0x300:
		return false
	case r == 0x1cf2 || r == 0x1cf3:
		return true
	case r == 0x111c9:
		return false
	}
	return unicode.IsMark(r) && unicode.Is(assigned9, r)
}

func stripAccents(text string) string {
	return strings.Map(func(r rune) rune {
		if isMark(r) {
			return -1
		}
		return r
	}, text)
}

// normalForm returns a function that brings a text into a normal form as of Unicode 9.0: newer
// characters stay as they are and combine with nothing.
func normalForm(form norm.Form) func(string) string {
	return func(text string) string {
		if isASCII(text) {
			return text
		}
		var b strings.Builder
		from := 0
		for at, r := range text {
			if r < utf8.RuneSelf || unicode.Is(assigned9, r) {
				continue
			}
			b.WriteString(form.String(text[from:at]))
			b.WriteRune(r)
			from = at + utf8.RuneLen(r)
		}
		if from == 0 {
			return form.String(text)
		}
		b.WriteString(form.String(text[from:]))
		return b.String()
	}
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// newCase are upper-case letters that are not in Go's tables. In each range, every step-th letter
// is one; its lower case is at a distance of shift.
var newCase = []struct{ from, to, step, shift rune }{
	{0x1c89, 0x1c89, 1, 1},
	{0xa7cb, 0xa7cb, 1, 0x264 - 0xa7cb},
	{0xa7cc, 0xa7cc, 1, 1},
	{0xa7ce, 0xa7ce, 1, 1},
	{0xa7d2, 0xa7d4, 2, 1},
	{0xa7da, 0xa7da, 1, 1},
	{0xa7dc, 0xa7dc, 1, 0x19b - 0xa7dc},
	{0x10d50, 0x10d65, 1, 0x20},
	{0x16ea0, 0x16eb8, 1, 0x1b},
}

// lower returns the lower case of text, character by character, as of Unicode 17.0.
func lower(text string) string {
	if strings.ContainsRune(text, 'İ') { // the only character whose lower case is two characters
		text = strings.ReplaceAll(text, "İ", "i\u0307")
	}
	return strings.Map(func(r rune) rune {
		if r >= newCase[0].from {
			for _, c := range newCase {
				if c.from <= r && r <= c.to && (r-c.from)%c.step == 0 {
					return r + c.shift
				}
			}
		}
		return unicode.ToLower(r)
	}, text)
}
