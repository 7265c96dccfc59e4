package jinja

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// Letters are converted by Unicode's full case mapping, as in Python: ß becomes SS, and a sigma
// at the end of a word becomes ς.

func lower(s string) string { return cases.Lower(language.Und).String(s) }

func upper(s string) string { return cases.Upper(language.Und).String(s) }

// titleOf returns the title case of a letter.
func titleOf(letter string) string { return cases.Title(language.Und).String(letter) }

func capitalize(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return titleOf(s[:n]) + lower(s)[len(lower(s[:n])):]
}

// title is Python's str.title: a letter after another letter becomes lower case.
func title(s string) string {
	var b strings.Builder
	lowered := lower(s)
	inWord := false
	for _, c := range s {
		letter := string(c)
		low := lowered[:len(lower(letter))]
		lowered = lowered[len(low):]
		if inWord {
			b.WriteString(low)
		} else {
			b.WriteString(titleOf(letter))
		}
		inWord = isCased(c)
	}
	return b.String()
}

func isLower(c rune) bool { return unicode.IsLower(c) || unicode.Is(unicode.Other_Lowercase, c) }

func isUpper(c rune) bool { return unicode.IsUpper(c) || unicode.Is(unicode.Other_Uppercase, c) }

func isCased(c rune) bool { return isLower(c) || isUpper(c) || unicode.IsTitle(c) }

// titleWords is the filter title. Only white space, hyphens and opening brackets separate its
// words.
func titleWords(s string) string {
	isBreak := func(c rune) bool { return isSpace(c) || strings.ContainsRune("-({[<", c) }
	var b strings.Builder
	for s != "" {
		n := len(s) - len(strings.TrimLeftFunc(s, isBreak))
		b.WriteString(s[:n])
		s = s[n:]
		if n = strings.IndexFunc(s, isBreak); n < 0 {
			n = len(s)
		}
		_, first := utf8.DecodeRuneInString(s)
		b.WriteString(upper(s[:first]) + lower(s[first:n]))
		s = s[n:]
	}
	return b.String()
}
