package jinja

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// textMethods are the methods of Python's str.
var textMethods map[string]func(r *run, s string, a args) value

func init() { // not in the declaration, since format looks methods up
	textMethods = map[string]func(r *run, s string, a args) value{
		"lower": plainMethod("lower", lower), "upper": plainMethod("upper", upper),
		"title": plainMethod("title", title), "capitalize": plainMethod("capitalize", capitalize),
		"isalpha": allOf("isalpha", unicode.IsLetter), "isalnum": allOf("isalnum", isAlnum),
		"isdigit": digitMethod, "isspace": allOf("isspace", isSpace),
		"islower": caseMethod("islower", isUpper, isLower),
		"isupper": caseMethod("isupper", isLower, isUpper),
		"strip":   stripMethod("strip", true, true), "lstrip": stripMethod("lstrip", true, false),
		"rstrip": stripMethod("rstrip", false, true),
		"split":  splitMethod("split", splitText), "rsplit": splitMethod("rsplit", rsplitText),
		"splitlines": splitLinesMethod, "join": joinMethod, "replace": replaceMethod, "format": formatMethod,
		"partition":    partitionMethod("partition", strings.Index),
		"rpartition":   partitionMethod("rpartition", strings.LastIndex),
		"startswith":   affixMethod("startswith", strings.HasPrefix),
		"endswith":     affixMethod("endswith", strings.HasSuffix),
		"removeprefix": trimAffix("removeprefix", strings.TrimPrefix),
		"removesuffix": trimAffix("removesuffix", strings.TrimSuffix),
		"find":         findMethod("find", strings.Index, false),
		"rfind":        findMethod("rfind", strings.LastIndex, false),
		"index":        findMethod("index", strings.Index, true),
		"rindex":       findMethod("rindex", strings.LastIndex, true),
		"count":        countMethod,
		"center":       padMethod("center", '^'), "ljust": padMethod("ljust", '<'), "rjust": padMethod("rjust", '>'),
		"zfill": zfillMethod,
	}
}

type textMethod = func(r *run, s string, a args) value

func plainMethod(name string, f func(string) string) textMethod {
	return func(r *run, s string, a args) value {
		r.bind(a, name, "")
		return r.changed(s, f)
	}
}

// changed returns f(s), which has about as many bytes as s.
func (r *run) changed(s string, f func(string) string) string {
	r.spend(len(s))
	r.grow(len(s))
	return r.made(f(s))
}

func allOf(name string, is func(rune) bool) textMethod {
	return func(r *run, s string, a args) value {
		r.bind(a, name, "")
		return s != "" && strings.IndexFunc(s, func(c rune) bool { return !is(c) }) < 0
	}
}

// caseMethod returns a method that reports whether a text has letters of one case and none of the
// other.
func caseMethod(name string, other, is func(rune) bool) textMethod {
	return func(r *run, s string, a args) value {
		r.bind(a, name, "")
		return hasCase(s, other, is)
	}
}

func hasCase(s string, other, is func(rune) bool) bool {
	wrong := func(c rune) bool { return other(c) || unicode.IsTitle(c) }
	return strings.IndexFunc(s, wrong) < 0 && strings.IndexFunc(s, is) >= 0
}

func digitMethod(r *run, s string, a args) value {
	if strings.IndexFunc(s, func(c rune) bool { return unicode.Is(unicode.No, c) }) >= 0 {
		r.fail("isdigit of a text with digits such as ² is %s", advice)
	}
	return allOf("isdigit", unicode.IsDigit)(r, s, a)
}

func isAlnum(c rune) bool { return unicode.IsLetter(c) || unicode.IsNumber(c) }

func stripMethod(name string, left, right bool) textMethod {
	return func(r *run, s string, a args) value {
		return r.strip(s, r.bind(a, name, "chars? /")[0], left, right)
	}
}

func (r *run) strip(s string, chars value, left, right bool) string {
	is := isSpace
	if !absent(chars) {
		set := r.text(chars)
		is = func(c rune) bool {
			r.spend(1 + len(set)/stepBytes)
			return strings.ContainsRune(set, c)
		}
	}
	if left {
		s = strings.TrimLeftFunc(s, is)
	}
	if right {
		s = strings.TrimRightFunc(s, is)
	}
	return s
}

func splitMethod(name string, split func(r *run, s string, sep value, limit int) list) textMethod {
	return func(r *run, s string, a args) value {
		v := r.bind(a, name, "sep? maxsplit?")
		return split(r, s, v[0], r.number(v[1], -1))
	}
}

// splitText returns s.split(sep, limit).
func splitText(r *run, s string, sep value, limit int) list {
	parts := list{}
	if absent(sep) {
		for s = strings.TrimLeftFunc(s, isSpace); s != ""; s = strings.TrimLeftFunc(s, isSpace) {
			n := strings.IndexFunc(s, isSpace)
			if n < 0 || len(parts) == limit {
				n = len(s)
			}
			parts = r.add(parts, s[:n])
			s = s[n:]
		}
		return parts
	}
	by := r.separator(sep)
	for limit < 0 || len(parts) < limit {
		before, after, ok := strings.Cut(s, by)
		if !ok {
			break
		}
		parts, s = r.add(parts, before), after
	}
	return r.add(parts, s)
}

// rsplitText returns s.rsplit(sep, limit).
func rsplitText(r *run, s string, sep value, limit int) list {
	var parts list // the last part first
	if absent(sep) {
		for s = strings.TrimRightFunc(s, isSpace); s != ""; s = strings.TrimRightFunc(s, isSpace) {
			at := 0
			if n := strings.LastIndexFunc(s, isSpace); n >= 0 && len(parts) != limit {
				_, size := utf8.DecodeRuneInString(s[n:])
				at = n + size
			}
			parts, s = r.add(parts, s[at:]), s[:at]
		}
		return reversed(parts)
	}
	by := r.separator(sep)
	for limit < 0 || len(parts) < limit {
		n := strings.LastIndex(s, by)
		if n < 0 {
			break
		}
		parts, s = r.add(parts, s[n+len(by):]), s[:n]
	}
	return reversed(r.add(parts, s))
}

func reversed(items list) list {
	out := make(list, len(items))
	for i, v := range items {
		out[len(items)-1-i] = v
	}
	return out
}

func (r *run) add(parts list, s string) list {
	r.grow(itemBytes)
	return append(parts, s)
}

func (r *run) separator(v value) string {
	by := r.text(v)
	if by == "" {
		r.fail("cannot split at an empty text")
	}
	return by
}

// isLineEnd reports whether str.splitlines splits at c.
func isLineEnd(c rune) bool {
	return c >= '\n' && c <= '\r' || c >= 0x1c && c <= 0x1e || c == 0x85 || c == 0x2028 || c == 0x2029
}

func splitLinesMethod(r *run, s string, a args) value {
	return r.splitLines(s, r.flag(r.bind(a, "splitlines", "keepends?")[0]))
}

func (r *run) splitLines(s string, keep bool) list {
	lines := list{}
	for s != "" {
		n := strings.IndexFunc(s, isLineEnd)
		if n < 0 {
			return r.add(lines, s)
		}
		_, size := utf8.DecodeRuneInString(s[n:])
		if strings.HasPrefix(s[n:], "\r\n") {
			size = 2
		}
		line := s[:n]
		if keep {
			line = s[:n+size]
		}
		lines, s = r.add(lines, line), s[n+size:]
	}
	return lines
}

func joinMethod(r *run, s string, a args) value {
	items := r.items(r.bind(a, "join", "items /")[0])
	parts := make([]string, len(items))
	for i, v := range items {
		parts[i] = r.text(v)
	}
	return r.join(parts, s)
}

func (r *run) join(parts []string, by string) string {
	r.growTimes(max(len(parts)-1, 0), len(by))
	for _, p := range parts {
		r.grow(len(p))
	}
	return strings.Join(parts, by)
}

func replaceMethod(r *run, s string, a args) value {
	v := r.bind(a, "replace", "old new count? /")
	return r.replace(s, r.text(v[0]), r.text(v[1]), r.number(v[2], -1))
}

func (r *run) replace(s, old, new string, count int) string {
	n := strings.Count(s, old)
	if count >= 0 {
		n = min(n, count)
	}
	r.growTimes(n, max(len(new)-len(old), 0))
	r.grow(len(s))
	return strings.Replace(s, old, new, count)
}

func partitionMethod(name string, index func(s, sep string) int) textMethod {
	return func(r *run, s string, a args) value {
		by := r.separator(r.bind(a, name, "sep /")[0])
		switch i := index(s, by); {
		case i >= 0:
			return tuple{s[:i], by, s[i+len(by):]}
		case name == "partition":
			return tuple{s, "", ""}
		}
		return tuple{"", "", s}
	}
}

// window returns s[from:to] and the number of characters before it. ok is false if from lies
// behind the end of s.
func (r *run) window(s string, from, to value) (part string, before int, ok bool) {
	if absent(from) && absent(to) {
		return s, 0, true
	}
	bounds := []value{nil, nil, nil}
	for i, v := range []value{from, to} {
		if !absent(v) {
			bounds[i] = r.number(v, 0)
		}
	}
	n := r.count(s)
	start, stop := limits(bounds, n, 1)
	if first, isSet := bounds[0].(int); isSet && first > n || start > stop {
		return "", 0, false
	}
	return r.cut(s, start, stop), start, true
}

func affixMethod(name string, has func(s, affix string) bool) textMethod {
	return func(r *run, s string, a args) value {
		v := r.bind(a, name, "affix start? end? /")
		part, _, ok := r.window(s, v[1], v[2])
		several, isTuple := v[0].(tuple)
		if !isTuple {
			several = tuple{v[0]}
		}
		found := false
		for _, affix := range several {
			found = found || ok && has(part, r.text(affix))
		}
		return found
	}
}

func trimAffix(name string, trim func(s, affix string) string) textMethod {
	return func(r *run, s string, a args) value { return trim(s, r.text(r.bind(a, name, "affix /")[0])) }
}

func findMethod(name string, index func(s, part string) int, must bool) textMethod {
	return func(r *run, s string, a args) value {
		v := r.bind(a, name, "part start? end? /")
		wanted := r.text(v[0])
		part, before, ok := r.window(s, v[1], v[2])
		i := index(part, wanted)
		switch {
		case ok && i >= 0:
			return before + utf8.RuneCountInString(part[:i])
		case must:
			r.fail("%s: the text has no such part", name)
		}
		return -1
	}
}

func countMethod(r *run, s string, a args) value {
	v := r.bind(a, "count", "part start? end? /")
	wanted := r.text(v[0])
	part, _, ok := r.window(s, v[1], v[2])
	if !ok {
		return 0
	}
	return strings.Count(part, wanted)
}

func padMethod(name string, align rune) textMethod {
	return func(r *run, s string, a args) value {
		v := r.bind(a, name, "width fill? /")
		fill := " "
		if v[1] != nil {
			if fill = r.text(v[1]); r.count(fill) != 1 {
				r.fail("%s: fills with one character", name)
			}
		}
		return r.pad(s, r.number(v[0], 0), fill, align)
	}
}

// pad fills s up to a width in characters.
func (r *run) pad(s string, width int, fill string, align rune) string {
	missing := max(width-r.count(s), 0)
	r.growTimes(missing, len(fill))
	left := 0
	switch align {
	case '>':
		left = missing
	case '^': // CPython's rounding
		left = missing/2 + missing&width&1
	}
	r.grow(len(s))
	return strings.Repeat(fill, left) + s + strings.Repeat(fill, missing-left)
}

func zfillMethod(r *run, s string, a args) value {
	width := r.number(r.bind(a, "zfill", "width /")[0], 0)
	sign := ""
	if s != "" && (s[0] == '-' || s[0] == '+') {
		sign, s = s[:1], s[1:]
	}
	return sign + r.pad(s, width-len(sign), "0", '>')
}
