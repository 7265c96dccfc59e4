package tokenizer

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
)

// pattern is the text or expression that a component looks for.
type pattern struct{ String, Regex *string }

// finder calls match with the beginning and end of each match in text, in order.
type finder func(text string, match func(begin, end int))

func (p pattern) finder() (finder, error) {
	switch {
	case p.Regex != nil:
		re, err := compile(*p.Regex)
		if err != nil {
			return nil, err
		}
		if e, ok := parseExpression(*p.Regex); ok {
			return e.findAll, nil
		}
		return func(text string, match func(begin, end int)) { findAll(re, text, match) }, nil
	case p.String != nil && *p.String != "":
		return func(text string, match func(begin, end int)) { findString(*p.String, text, match) }, nil
	}
	return nil, errors.New("pattern: must be a Regex, or a String that is not empty")
}

// replacer returns a function that replaces every match by content.
func (p pattern) replacer(content string) (func(string) string, error) {
	find, err := p.finder()
	if err != nil {
		return nil, err
	}
	if p.Regex == nil {
		return func(text string) string { return strings.ReplaceAll(text, *p.String, content) }, nil
	}
	return func(text string) string {
		var b strings.Builder
		at := 0
		find(text, func(begin, end int) {
			b.WriteString(text[at:begin])
			b.WriteString(content)
			at = end
		})
		if at == 0 && b.Len() == 0 {
			return text
		}
		b.WriteString(text[at:])
		return b.String()
	}, nil
}

func findString(s, text string, match func(begin, end int)) {
	for at := 0; ; {
		i := strings.Index(text[at:], s)
		if i < 0 {
			return
		}
		match(at+i, at+i+len(s))
		at += i + len(s)
	}
}

// findRunes returns a finder of single characters.
func findRunes(is func(rune) bool) finder {
	return func(text string, match func(begin, end int)) {
		for at, r := range text {
			if is(r) {
				match(at, at+utf8.RuneLen(r))
			}
		}
	}
}

// findAll finds the matches of re. Tests compare expression.findAll with it.
func findAll(re *regexp2.Regexp, text string, match func(begin, end int)) {
	runes := make([]rune, 0, len(text))
	for _, r := range text {
		runes = append(runes, alike(r))
	}
	at, bytes := 0, 0 // the same position, in characters and in bytes
	to := func(end int) int {
		for ; at < end; at++ {
			_, size := utf8.DecodeRuneInString(text[bytes:])
			bytes += size
		}
		return bytes
	}
	m, err := re.FindRunesMatch(runes)
	for m != nil {
		begin := to(m.Index)
		match(begin, to(m.Index+m.Length))
		m, err = re.FindNextMatch(m)
	}
	if err != nil {
		panic(err) // matching fails only after a time limit, and none is set
	}
}
