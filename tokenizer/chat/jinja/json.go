package jinja

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// writer writes JSON like Python's json.dumps, as transformers' tojson calls it.
type writer struct {
	*run
	strings.Builder
	ascii, sorted bool
	indent        string
	indented      bool
	comma, colon  string
}

func toJSON(r *run, v value, a []value) value {
	w := &writer{run: r, ascii: r.flag(a[0]), sorted: r.flag(a[3]), comma: ", ", colon: ": "}
	if !absent(a[1]) {
		by, isText := a[1].(string)
		if !isText {
			by = r.repeat(" ", r.number(a[1], 0))
		}
		w.indent, w.indented, w.comma = by, true, ","
	}
	if !absent(a[2]) {
		parts := r.items(a[2])
		if len(parts) != 2 {
			r.fail("tojson: separators must be two texts")
		}
		w.comma, w.colon = r.text(parts[0]), r.text(parts[1])
	}
	w.value(v, 0)
	return w.String()
}

func (w *writer) put(s string) { w.WriteString(w.made(s)) }

func (w *writer) value(v value, depth int) {
	w.enter()
	defer w.leave()
	switch v := v.(type) {
	case none, bool, int, float64:
		w.put(w.scalar(v))
	case string, safe:
		s, _ := plain(v)
		w.text(s)
	case list:
		w.all("[", "]", len(v), depth, func(i int) { w.value(v[i], depth+1) })
	case tuple:
		w.all("[", "]", len(v), depth, func(i int) { w.value(v[i], depth+1) })
	case *dict:
		items := w.pairs(v)
		if w.sorted {
			items = w.run.sorted(items, func(x value) value { return x.(tuple)[0] }, false)
		}
		w.all("{", "}", len(items), depth, func(i int) {
			w.key(items[i].(tuple)[0])
			w.put(w.colon)
			w.value(items[i].(tuple)[1], depth+1)
		})
	default:
		w.unfit(v, "what JSON can hold")
	}
}

func (w *writer) scalar(v value) string {
	switch v := v.(type) {
	case none:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case float64:
		switch {
		case math.IsNaN(v):
			return "NaN"
		case math.IsInf(v, 0):
			return strings.Replace(floatRepr(v), "inf", "Infinity", 1)
		}
	}
	return w.repr(v)
}

func (w *writer) key(k value) {
	if s, ok := plain(k); ok {
		w.text(s)
		return
	}
	w.put(`"` + w.scalar(k) + `"`)
}

// all writes n items between brackets.
func (w *writer) all(open, closed string, n, depth int, item func(i int)) {
	w.put(open)
	for i := range n {
		if i > 0 {
			w.put(w.comma)
		}
		w.line(depth + 1)
		item(i)
	}
	if n > 0 {
		w.line(depth)
	}
	w.put(closed)
}

func (w *writer) line(depth int) {
	if w.indented {
		w.WriteString(w.made("\n"))
		w.WriteString(w.repeat(w.indent, depth))
	}
}

var jsonEscapes = map[rune]string{'"': `\"`, '\\': `\\`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`}

func (w *writer) text(s string) {
	w.put(`"`)
	from := 0 // beginning of the characters that are not yet written
	for at, c := range s {
		escaped, ok := jsonEscapes[c]
		switch {
		case ok:
		case c < ' ', w.ascii && c > '~' && c < 0x10000:
			escaped = fmt.Sprintf(`\u%04x`, c)
		case w.ascii && c > '~':
			high, low := utf16.EncodeRune(c)
			escaped = fmt.Sprintf(`\u%04x\u%04x`, high, low)
		default:
			continue
		}
		w.put(s[from:at])
		w.put(escaped)
		_, size := utf8.DecodeRuneInString(s[at:])
		from = at + size
	}
	w.put(s[from:])
	w.put(`"`)
}
