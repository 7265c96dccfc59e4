package jinja

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind int

const (
	end tokenKind = iota
	data
	beginBlock // {%
	endBlock   // %}
	beginPrint // {{
	endPrint   // }}
	name
	literal // text or number
	operator
)

type token struct {
	kind  tokenKind
	text  string
	value value // value of a literal
	at    int   // position in the source, in bytes
}

func (t token) is(kind tokenKind, text string) bool { return t.kind == kind && t.text == text }

func (t token) String() string {
	switch t.kind {
	case end:
		return "the end of the template"
	case data:
		return "text"
	case literal:
		return "a literal"
	}
	return strconv.Quote(t.text)
}

// lexer cuts a source into tokens. It removes the white space around tags like jinja2/lexer.py
// with trim_blocks and lstrip_blocks.
type lexer struct {
	source    string
	at        int
	lineBegan bool // the last token ended with a newline
	tokens    []token
}

// lex returns the tokens, and the source to which their positions refer.
func lex(source string) ([]token, string) {
	source = strings.ReplaceAll(strings.ReplaceAll(source, "\r\n", "\n"), "\r", "\n")
	l := &lexer{source: strings.TrimSuffix(source, "\n"), lineBegan: true}
	for l.at < len(l.source) {
		l.tag(l.data())
	}
	l.add(end, "", nil, l.at)
	return l.tokens, l.source
}

func (l *lexer) fail(at int, format string, args ...any) {
	panic(errorAt(l.source, at, format, args...))
}

func (l *lexer) add(kind tokenKind, text string, v value, at int) {
	l.tokens = append(l.tokens, token{kind, text, v, at})
}

func (l *lexer) rest() string { return l.source[l.at:] }

// move advances by n bytes.
func (l *lexer) move(n int) {
	l.at += n
	if n > 0 {
		l.lineBegan = l.source[l.at-1] == '\n'
	}
}

// data adds the text before the next tag and returns the beginning of that tag: {%, {{, {#, or
// nothing at the end.
func (l *lexer) data() string {
	begin := l.at
	length := 0
	for ; ; length++ {
		i := strings.IndexByte(l.source[begin+length:], '{')
		if i < 0 {
			l.add(data, l.rest(), nil, begin)
			l.move(len(l.rest()))
			return ""
		}
		length += i
		if after := l.source[begin+length:]; len(after) > 1 && strings.IndexByte("%{#", after[1]) >= 0 {
			break
		}
	}
	tag := l.source[begin+length:][:2]
	sign := ""
	if after := l.source[begin+length+2:]; after != "" && (after[0] == '-' || after[0] == '+') {
		sign = after[:1]
	}
	l.add(data, l.stripped(l.source[begin:begin+length], sign, tag != "{{"), nil, begin)
	l.move(length)
	l.tokens = append(l.tokens, token{at: l.at}) // for tag to fill in
	l.at += 2 + len(sign)
	return tag
}

// stripped returns the text before a tag with the given sign, without the white space that the
// tag removes.
func (l *lexer) stripped(text, sign string, isBlock bool) string {
	if sign == "-" {
		return strings.TrimRightFunc(text, isSpace)
	}
	line := strings.LastIndexByte(text, '\n') + 1
	if sign == "" && isBlock && (line > 0 || l.lineBegan) && strings.TrimLeftFunc(text[line:], isSpace) == "" {
		return text[:line]
	}
	return text
}

// tag reads the rest of a tag after its beginning.
func (l *lexer) tag(begin string) {
	if begin == "" {
		return
	}
	opening := &l.tokens[len(l.tokens)-1]
	opening.text = begin
	switch begin {
	case "{#":
		l.tokens = l.tokens[:len(l.tokens)-1]
		l.comment()
	case "{{":
		opening.kind = beginPrint
		l.inside(endPrint)
	case "{%":
		opening.kind = beginBlock
		if l.raw() {
			return
		}
		l.inside(endBlock)
	}
}

func (l *lexer) comment() {
	i := strings.Index(l.rest(), "#}")
	if i < 0 {
		l.fail(l.at, "a comment lacks its end, #}")
	}
	sign := ""
	if i > 0 && (l.rest()[i-1] == '-' || l.rest()[i-1] == '+') {
		sign = l.rest()[i-1 : i]
	}
	l.move(i + 2)
	l.afterTag(sign, true)
}

// afterTag skips the white space that a tag with the given sign at its end removes.
func (l *lexer) afterTag(sign string, isBlock bool) {
	rest := l.rest()
	switch {
	case sign == "-":
		l.move(len(rest) - len(strings.TrimLeftFunc(rest, isSpace)))
	case sign == "" && isBlock && strings.HasPrefix(rest, "\n"):
		l.move(1)
	}
}

// raw reads {% raw %} up to its end, if it comes next.
func (l *lexer) raw() bool {
	sign, after, ok := closes(l.rest(), "raw")
	if !ok {
		return false
	}
	l.tokens = l.tokens[:len(l.tokens)-1]
	l.move(after)
	l.afterTag(sign, false)
	begin := l.at
	for i := 0; ; i++ {
		next := strings.Index(l.source[begin+i:], "{%")
		if next < 0 {
			l.fail(begin, "{%% raw %%} lacks its end, {%% endraw %%}")
		}
		i += next
		rest, sign := l.source[begin+i+2:], ""
		if rest != "" && (rest[0] == '-' || rest[0] == '+') {
			rest, sign = rest[1:], rest[:1]
		}
		if last, after, ok := closes(rest, "endraw"); ok {
			l.add(data, l.stripped(l.source[begin:begin+i], sign, true), nil, begin)
			l.move(i + 2 + len(sign) + after)
			l.afterTag(last, true)
			return true
		}
	}
}

// closes reports whether a tag holds only the given word, and where it ends.
func closes(text, word string) (sign string, after int, ok bool) {
	rest, ok := strings.CutPrefix(strings.TrimLeftFunc(text, isSpace), word)
	if !ok {
		return "", 0, false
	}
	rest = strings.TrimLeftFunc(rest, isSpace)
	if rest != "" && (rest[0] == '-' || rest[0] == '+' && word == "endraw") {
		rest, sign = rest[1:], rest[:1]
	}
	rest, ok = strings.CutPrefix(rest, "%}")
	return sign, len(text) - len(rest), ok
}

// inside reads the tokens of a tag up to its end.
func (l *lexer) inside(end tokenKind) {
	closing := map[tokenKind]string{endPrint: "}}", endBlock: "%}"}[end]
	var open []byte // brackets that are still open
	for {
		l.move(len(l.rest()) - len(strings.TrimLeftFunc(l.rest(), isSpace)))
		rest := l.rest()
		if rest == "" {
			l.fail(l.at, "a tag lacks its end, %s", closing)
		}
		sign := ""
		if rest[0] == '-' || rest[0] == '+' && end == endBlock {
			sign = rest[:1]
		}
		if len(open) == 0 && strings.HasPrefix(rest[len(sign):], closing) {
			l.add(end, closing, nil, l.at)
			l.move(len(sign) + 2)
			l.afterTag(sign, end == endBlock)
			return
		}
		open = l.token(open)
	}
}

// token reads a token; open are the brackets that are still open.
func (l *lexer) token(open []byte) []byte {
	rest := l.rest()
	first, _ := utf8.DecodeRuneInString(rest)
	switch {
	case first == '\'' || first == '"':
		l.quoted()
	case first >= '0' && first <= '9':
		l.number()
	case first == '_' || unicode.IsLetter(first):
		n := len(rest) - len(strings.TrimLeftFunc(rest, isNamePart))
		if n > maxName {
			l.fail(l.at, "a name of more than %d bytes", maxName)
		}
		l.add(name, rest[:n], nil, l.at)
		l.move(n)
	default:
		open = l.operator(open)
	}
	return open
}

func isNamePart(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

var operators = []string{"//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}",
	">", "<", "=", ".", ":", "|", ","}

var closers = map[string]byte{"(": ')', "[": ']', "{": '}'}

func (l *lexer) operator(open []byte) []byte {
	for _, op := range operators {
		if !strings.HasPrefix(l.rest(), op) {
			continue
		}
		if closer, ok := closers[op]; ok {
			if open = append(open, closer); len(open) > maxNesting {
				l.fail(l.at, "more than %d brackets within one another", maxNesting)
			}
		} else if strings.Contains(")]}", op) {
			if len(open) == 0 || open[len(open)-1] != op[0] {
				l.fail(l.at, "unexpected %q", op)
			}
			open = open[:len(open)-1]
		}
		l.add(operator, op, nil, l.at)
		l.move(len(op))
		return open
	}
	r, _ := utf8.DecodeRuneInString(l.rest())
	l.fail(l.at, "unexpected %q", r)
	return nil
}

func (l *lexer) number() {
	rest := l.rest()
	n := len(rest) - len(strings.TrimLeftFunc(rest, isNamePart))
	if f := floatLength(rest); f > 0 && !strings.HasSuffix(l.source[:l.at], ".") {
		v, err := strconv.ParseFloat(strings.ReplaceAll(rest[:f], "_", ""), 64)
		if err != nil {
			l.fail(l.at, "%s: no number", rest[:f])
		}
		l.add(literal, rest[:f], v, l.at)
		l.move(f)
		return
	}
	v, err := strconv.ParseInt(rest[:n], 0, 64)
	if err != nil || n > 1 && rest[0] == '0' && strings.Trim(rest[:n], "0_") != "" && !unicode.IsLetter(rune(rest[1])) {
		l.fail(l.at, "%s: no whole number of 64 bits", rest[:n])
	}
	l.add(literal, rest[:n], int(v), l.at)
	l.move(n)
}

// floatLength returns the length of the floating-point number at the beginning of text.
func floatLength(text string) int {
	n := digits(text)
	point := n
	if strings.HasPrefix(text[n:], ".") {
		if d := digits(text[n+1:]); d > 0 {
			n += 1 + d
		}
	}
	if n < len(text) && (text[n] == 'e' || text[n] == 'E') {
		sign := 1
		if n+1 < len(text) && (text[n+1] == '-' || text[n+1] == '+') {
			sign = 2
		}
		if d := digits(text[min(n+sign, len(text)):]); d > 0 {
			return n + sign + d
		}
	}
	if n == point {
		return 0
	}
	return n
}

// digits returns the length of the digits at the beginning of text, which _ may separate.
func digits(text string) int {
	n := 0
	for n < len(text) && (text[n] >= '0' && text[n] <= '9' || n > 0 && text[n] == '_') {
		n++
	}
	return len(strings.TrimRight(text[:n], "_"))
}

// isSpace is Python's str.isspace.
func isSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }
