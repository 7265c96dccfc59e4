package tokenizer

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
)

// twin finds the matches of an expression by another library.
func twin(expr string) (finder, error) {
	rewritten, err := atomicGroups(expr)
	if err != nil {
		return nil, err
	}
	re, err := regexp2.Compile(rewritten, regexp2.Multiline)
	if err != nil {
		return nil, err
	}
	return func(_ *budget, text string, match func(begin, end int)) { findByTwin(re, text, match) }, nil
}

// findByTwin leaves out an empty match that begins where another match ends, as Hugging Face's
// library does.
func findByTwin(re *regexp2.Regexp, text string, match func(begin, end int)) {
	runes := make([]rune, 0, len(text))
	for _, r := range text {
		runes = append(runes, alike(r))
	}
	at, bytes, last := 0, 0, none // at and bytes are the same position, in characters and in bytes
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
		if end := to(m.Index + m.Length); end > begin || begin != last {
			match(begin, end)
			last = end
		}
		m, err = re.FindNextMatch(m)
	}
	if err != nil {
		panic(err) // matching fails only after a time limit, and none is set
	}
}

// atomicGroups writes possessive quantifiers as atomic groups.
func atomicGroups(expr string) (string, error) {
	var out []byte
	var groups []int // beginnings of open groups in out
	atom := 0        // beginning of the last atom in out
	for at := 0; at < len(expr); {
		switch c := expr[at]; c {
		case '*', '+', '?':
			out = append(out, c)
			if at++; at == len(expr) || expr[at] != '+' {
				continue
			}
			out = slices.Insert(out, atom, []byte("(?>")...)
			out = append(out, ')')
			at++
		case '(':
			groups = append(groups, len(out))
			end := at + 1
			if at+2 < len(expr) && expr[end] == '?' {
				end += 2 // not a quantifier
			}
			out = append(out, expr[at:end]...)
			at = end
		case ')':
			if len(groups) == 0 {
				return "", errors.New("a ) without a (")
			}
			atom, groups = groups[len(groups)-1], groups[:len(groups)-1]
			out = append(out, c)
			at++
		case '}':
			out = append(out, c)
			if at++; at < len(expr) && expr[at] == '+' {
				return "", errors.New("}+ is not supported")
			}
		default:
			end, err := atomEnd(expr, at)
			if err != nil {
				return "", err
			}
			if c != '{' {
				atom = len(out)
			}
			out = append(out, expr[at:end]...)
			at = end
		}
	}
	return string(out), nil
}

// atomEnd returns the end of the atom that begins at a position of expr: a class, an escape or a
// character.
func atomEnd(expr string, at int) (int, error) {
	switch expr[at] {
	case '\\':
		return escapeEnd(expr, at)
	case '[':
		return classEnd(expr, at)
	case '{':
		if i := strings.IndexByte(expr[at:], '}'); i > 0 {
			return at + i, nil
		}
	}
	_, size := utf8.DecodeRuneInString(expr[at:])
	return at + size, nil
}

func classEnd(expr string, at int) (int, error) {
	at++
	if strings.HasPrefix(expr[at:], "^") {
		at++
	}
	for first := true; at < len(expr); first = false {
		switch {
		case expr[at] == ']' && !first:
			return at + 1, nil
		case expr[at] == '[' || strings.HasPrefix(expr[at:], "&&"):
			return 0, errors.New("a class within a class is not supported")
		case expr[at] == '\\':
			end, err := escapeEnd(expr, at)
			if err != nil {
				return 0, err
			}
			at = end
		default:
			at++
		}
	}
	return 0, errors.New("a [ without a ]")
}
