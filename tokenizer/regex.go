package tokenizer

import (
	"errors"
	"fmt"
	"strings"
)

// compile reads a regular expression as Oniguruma does, the library of Hugging Face's
// tokenizers: ^ and $ match at lines, and a + after a quantifier makes it possessive. A part
// that is not implemented here is refused by name.
func compile(expr string) (*expression, error) {
	if len(expr) > maxPattern {
		return nil, fmt.Errorf("pattern of %d bytes: must be at most %d", len(expr), maxPattern)
	}
	branches, err := parseExpression(expr)
	if err != nil {
		return nil, fmt.Errorf("pattern %.200q: %w", expr, err)
	}
	l := linker{room: maxAtoms}
	first := l.link(branches, nil)
	if l.room < 0 {
		return nil, fmt.Errorf("pattern %.200q: its repetitions must take at most %d parts", expr, maxAtoms)
	}
	return newExpression(branches, first), nil
}

// The bounds of a pattern are far beyond the patterns of tokenizers.
const (
	maxPattern = 16 << 10 // bytes
	maxAtoms   = 20_000   // atoms, after a group that is repeated n times was written out n times
)

// otherEscapes are not implemented. Oniguruma reads some of them unlike other libraries.
const otherEscapes = "wWbBhHGKXRyYOZkgcCM"

// escapeEnd returns the end of the escape that begins at a position of expr.
func escapeEnd(expr string, at int) (int, error) {
	if at+1 == len(expr) {
		return 0, errors.New(`ends in a \`)
	}
	c := expr[at+1]
	switch {
	case strings.IndexByte(otherEscapes, c) >= 0 || '0' <= c && c <= '9':
		return 0, fmt.Errorf(`\%c is not supported`, c)
	case strings.IndexByte("pPx", c) >= 0 && strings.HasPrefix(expr[at+2:], "{"):
		if i := strings.IndexByte(expr[at:], '}'); i > 0 {
			return at + i + 1, nil
		}
	}
	return min(at+2+digitsAfter[c], len(expr)), nil
}

// digitsAfter has the number of hexadecimal digits after an escape that stands for a character.
var digitsAfter = map[byte]int{'x': 2, 'u': 4}
