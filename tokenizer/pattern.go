package tokenizer

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// pattern is the text or expression that a component looks for.
type pattern struct{ String, Regex *string }

// finder calls match with the beginning and end of each match in text, in order.
type finder func(b *budget, text string, match func(begin, end int))

func (p pattern) finder() (finder, error) {
	switch {
	case p.Regex != nil:
		e, err := compile(*p.Regex)
		if err != nil {
			return nil, err
		}
		return e.findAll, nil
	case p.String != nil && *p.String != "":
		return findString(*p.String), nil
	}
	return nil, errors.New("pattern: must be a Regex, or a String that is not empty")
}

// replacer returns a function that replaces every match by content.
func (p pattern) replacer(content string) (rewriter, error) {
	find, err := p.finder()
	if err != nil {
		return nil, err
	}
	if p.Regex == nil {
		return replaceString(*p.String, content), nil
	}
	return func(b *budget, text string) string {
		var out strings.Builder
		at := 0
		find(b, text, func(begin, end int) {
			b.room(out.Len() + begin - at + len(content))
			out.WriteString(text[at:begin])
			out.WriteString(content)
			at = end
		})
		if at == 0 && out.Len() == 0 {
			return text
		}
		out.WriteString(text[at:])
		return b.made(out.String())
	}, nil
}

func replaceString(s, content string) rewriter {
	return func(b *budget, text string) string {
		n := strings.Count(text, s)
		if n == 0 {
			return text
		}
		b.room(len(text) + n*(len(content)-len(s)))
		return b.made(strings.ReplaceAll(text, s, content))
	}
}

func findString(s string) finder {
	return func(_ *budget, text string, match func(begin, end int)) {
		for at := 0; ; {
			i := strings.Index(text[at:], s)
			if i < 0 {
				return
			}
			match(at+i, at+i+len(s))
			at += i + len(s)
		}
	}
}

// findRunes returns a finder of single characters.
func findRunes(is func(rune) bool) finder {
	return func(_ *budget, text string, match func(begin, end int)) {
		for at, r := range text {
			if is(r) {
				match(at, at+utf8.RuneLen(r))
			}
		}
	}
}
