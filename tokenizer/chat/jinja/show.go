package jinja

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// str returns Python's str(v).
func (r *run) str(v value) string {
	if s, ok := plain(v); ok {
		return s
	}
	if _, ok := v.(undefined); ok {
		return ""
	}
	return r.repr(v)
}

// repr returns Python's repr(v).
func (r *run) repr(v value) string {
	r.enter()
	defer r.leave()
	switch v := v.(type) {
	case none:
		return "None"
	case undefined:
		return "Undefined"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case int:
		return strconv.Itoa(v)
	case float64:
		return floatRepr(v)
	case string:
		return r.changed(v, quote)
	case list:
		return "[" + r.reprs(v) + "]"
	case tuple:
		if len(v) == 1 {
			return "(" + r.repr(v[0]) + ",)"
		}
		return "(" + r.reprs(list(v)) + ")"
	case *dict:
		return r.dictRepr(v)
	case span:
		if v.step != 1 {
			return fmt.Sprintf("range(%d, %d, %d)", v.start, v.stop, v.step)
		}
		return fmt.Sprintf("range(%d, %d)", v.start, v.stop)
	case view:
		return "dict_" + v.name + "([" + r.reprs(r.viewed(v)) + "])"
	}
	r.fail("a value of type %s has no text: |list makes a list of what it holds", kind(v))
	return ""
}

func (r *run) reprs(items list) string {
	parts := make([]string, len(items))
	for i, v := range items {
		parts[i] = r.repr(v)
	}
	return r.made(strings.Join(parts, ", "))
}

func (r *run) dictRepr(d *dict) string {
	parts := make([]string, len(d.keys))
	for i, key := range d.keys {
		parts[i] = r.repr(key) + ": " + r.repr(d.values[i])
	}
	return r.made("{" + strings.Join(parts, ", ") + "}")
}

// floatRepr returns the shortest text that reads back as f, in Python's form.
func floatRepr(f float64) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	}
	scientific := strconv.FormatFloat(f, 'e', -1, 64)
	exponent, _ := strconv.Atoi(scientific[strings.IndexByte(scientific, 'e')+1:])
	if exponent < -4 || exponent >= 16 {
		return scientific
	}
	plain := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(plain, ".") {
		plain += ".0"
	}
	return plain
}

// quote returns Python's repr of a text.
func quote(s string) string {
	mark := '\''
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		mark = '"'
	}
	var b strings.Builder
	b.WriteRune(mark)
	for _, c := range s {
		switch {
		case c == mark || c == '\\':
			b.WriteString(`\` + string(c))
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(c):
			b.WriteRune(c)
		case c < 0x100:
			fmt.Fprintf(&b, `\x%02x`, c)
		case c < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			fmt.Fprintf(&b, `\U%08x`, c)
		}
	}
	b.WriteRune(mark)
	return b.String()
}
