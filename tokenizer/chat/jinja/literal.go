package jinja

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// quoted reads a literal in quotes, with Python's escapes.
func (l *lexer) quoted() {
	begin := l.at
	quote := l.source[begin]
	l.move(1)
	var b strings.Builder
	for {
		rest := l.rest()
		switch {
		case rest == "" || rest == `\`:
			l.fail(begin, "a text lacks its end, %c", quote)
		case rest[0] == quote:
			l.move(1)
			l.add(literal, l.source[begin:l.at], b.String(), begin)
			return
		case rest[0] == '\\':
			l.escape(&b)
		default:
			n := strings.IndexAny(rest, `\`+string(quote))
			if n < 0 {
				n = len(rest)
			}
			b.WriteString(rest[:n])
			l.move(n)
		}
	}
}

var escapes = map[byte]string{'\n': "", '\\': `\`, '\'': "'", '"': `"`, 'a': "\a", 'b': "\b", 'f': "\f", 'n': "\n",
	'r': "\r", 't': "\t", 'v': "\v"}

// hexDigits are the numbers of hexadecimal digits after \x, \u and \U.
var hexDigits = map[byte]int{'x': 2, 'u': 4, 'U': 8}

func (l *lexer) escape(b *strings.Builder) {
	rest := l.rest()
	if text, ok := escapes[rest[1]]; ok {
		b.WriteString(text)
		l.move(2)
		return
	}
	base, from, n := 16, 2, hexDigits[rest[1]]
	switch {
	case n > 0:
		n = min(n, len(rest)-2)
	case rest[1] >= '0' && rest[1] <= '7':
		base, from = 8, 1
		for n = 1; n < 3 && n+1 < len(rest) && rest[n+1] >= '0' && rest[n+1] <= '7'; n++ {
		}
	case rest[1] == 'N' || rest[1] >= utf8.RuneSelf:
		l.fail(l.at, "a backslash before N or a letter beyond ASCII is %s", advice)
	default: // Python keeps the backslash
		b.WriteByte('\\')
		l.move(1)
		return
	}
	code, err := strconv.ParseUint(rest[from:from+n], base, 32)
	if err != nil || hexDigits[rest[1]] > n || !utf8.ValidRune(rune(code)) {
		l.fail(l.at, "%q is no character", rest[:from+n])
	}
	b.WriteRune(rune(code))
	l.move(from + n)
}
