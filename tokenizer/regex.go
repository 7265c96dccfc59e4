package tokenizer

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dlclark/regexp2"
)

// compile reads a regular expression as Oniguruma does, which Hugging Face's tokenizers uses. A
// part that regexp2 reads differently is refused or rewritten: in Oniguruma, ^ and $ match at
// lines, and a + after a quantifier makes it possessive.
func compile(expr string) (*regexp2.Regexp, error) {
	if len(expr) > maxPattern {
		return nil, fmt.Errorf("pattern of %d bytes: must be at most %d", len(expr), maxPattern)
	}
	rewritten, err := atomic(expr)
	if err != nil {
		return nil, fmt.Errorf("pattern %q: %w", expr, err)
	}
	re, err := regexp2.Compile(rewritten, regexp2.Multiline)
	if err != nil {
		return nil, fmt.Errorf("pattern %q: %w", expr, err)
	}
	return re, nil
}

// maxPattern is far longer than the pattern of any tokenizer. It bounds the library's stack, which
// grows with the nesting of a pattern.
const maxPattern = 16 << 10

// otherEscapes mean something else to the two libraries.
const otherEscapes = "wWbBhHGKXRyYOZ"

// atomic writes possessive quantifiers as atomic groups.
func atomic(expr string) (string, error) {
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
	return at + 1, nil
}

func escapeEnd(expr string, at int) (int, error) {
	if at+1 == len(expr) {
		return 0, errors.New(`ends in a \`)
	}
	c := expr[at+1]
	if strings.IndexByte(otherEscapes, c) >= 0 {
		return 0, fmt.Errorf(`\%c is not supported`, c)
	}
	if c == 'p' || c == 'P' {
		if i := strings.IndexByte(expr[at:], '}'); i > 0 {
			return at + i + 1, nil
		}
	}
	return at + 2, nil
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
