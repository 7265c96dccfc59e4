package jinja

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// filters are Jinja's filters by name (jinja2/filters.py), with the parameters that follow the
// value.
var filters map[string]*operation

// operation is a filter or a test.
type operation struct {
	params string // "…" if it binds its own
	apply  func(r *run, v value, a []value) value
	bind   func(r *run, v value, a args) value
}

func (o *operation) call(r *run, name string, v value, a args) value {
	if o.bind != nil {
		return o.bind(r, v, a)
	}
	return o.apply(r, v, r.bind(a, name, o.params))
}

func (r *run) filter(name string, v value, a args) value {
	f := filters[name]
	if f == nil {
		r.fail("filter %s is %s", name, advice)
	}
	r.spend(1)
	return f.call(r, name, v, a)
}

func init() { // not in the declaration, since the filter map looks filters up by name
	filters = map[string]*operation{
		"abs": {apply: abs}, "float": {params: "default?", apply: toFloat},
		"int":     {params: "default? base?", apply: toInt},
		"round":   {params: "precision? method?", apply: round},
		"default": {params: "default_value? boolean?", apply: otherwise},
		"length":  {apply: length}, "string": {apply: func(r *run, v value, _ []value) value { return r.soft(v) }},
		"safe":   {apply: func(r *run, v value, _ []value) value { return safe(r.str(v)) }},
		"tojson": {params: "ensure_ascii? indent? separators? sort_keys?", apply: toJSON},

		"capitalize": caseFilter(capitalize), "lower": caseFilter(lower), "upper": caseFilter(upper),
		"title": caseFilter(titleWords),
		"trim":  textFilter("chars?", func(r *run, s string, a []value) value { return r.strip(s, a[0], true, true) }),
		"center": textFilter("width?", func(r *run, s string, a []value) value {
			return r.pad(s, r.number(a[0], 80), " ", '^')
		}),
		"wordcount": textFilter("", func(r *run, s string, _ []value) value {
			r.spend(len(s))
			return countWords(s)
		}),
		"replace":  {params: "old new count?", apply: replaceFilter},
		"indent":   {params: "width? first? blank?", apply: indent},
		"truncate": {params: "length? killwords? end? leeway?", apply: truncate},
		"format":   {bind: formatFilter},

		"first": {apply: first}, "last": {apply: last},
		"list":  {apply: func(r *run, v value, _ []value) value { return r.items(v) }},
		"items": {apply: itemsFilter}, "dictsort": {params: "case_sensitive? by? reverse?", apply: dictSort},
		"join": {params: "d? attribute?", apply: joinFilter}, "reverse": {apply: reverse},
		"sort":    {params: "reverse? case_sensitive? attribute?", apply: sortFilter},
		"unique":  {params: "case_sensitive? attribute?", apply: unique},
		"groupby": {params: "attribute default? case_sensitive?", apply: groupBy},
		"min":     {params: "case_sensitive? attribute?", apply: extreme(-1)},
		"max":     {params: "case_sensitive? attribute?", apply: extreme(1)},
		"sum":     {params: "attribute? start?", apply: sum},
		"batch":   {params: "linecount fill_with?", apply: batch},
		"slice":   {params: "slices fill_with?", apply: sliceInto},
		"map":     {bind: mapFilter},
		"select":  {bind: selection(true, false)}, "selectattr": {bind: selection(true, true)},
		"reject": {bind: selection(false, false)}, "rejectattr": {bind: selection(false, true)},
	}
	filters["count"], filters["d"] = filters["length"], filters["default"]
}

// soft returns v as a text.
func (r *run) soft(v value) value {
	if _, ok := v.(safe); ok {
		return v
	}
	return r.str(v)
}

func textFilter(params string, f func(r *run, s string, a []value) value) *operation {
	apply := func(r *run, v value, a []value) value { return f(r, r.text(r.soft(v)), a) }
	return &operation{params: params, apply: apply}
}

func caseFilter(f func(string) string) *operation {
	return textFilter("", func(r *run, s string, _ []value) value { return r.changed(s, f) })
}

// countWords returns the number of runs of letters, digits and underscores.
func countWords(s string) (words int) {
	inWord := false
	for _, c := range s {
		is := c == '_' || isAlnum(c)
		if is && !inWord {
			words++
		}
		inWord = is
	}
	return words
}

func abs(r *run, v value, _ []value) value {
	if f, ok := v.(float64); ok {
		return math.Abs(f)
	}
	if n := r.number(v, 0); n < 0 {
		return r.sign("-", n)
	}
	return r.sign("+", v)
}

func length(r *run, v value, _ []value) value {
	n, ok := r.size(v)
	if !ok {
		r.fail("a value of type %s has no length", kind(v))
	}
	return n
}

func otherwise(r *run, v value, a []value) value {
	if _, ok := v.(undefined); !ok && (!r.flag(a[1]) || r.truth(v)) {
		return v
	}
	if a[0] == nil {
		return ""
	}
	return a[0]
}

// aNumber matches what Python's float reads, as far as digits are ASCII.
var aNumber = regexp.MustCompile(`^[+-]?((\d+(_\d+)*)?\.?(\d+(_\d+)*)?([eE][+-]?\d+(_\d+)*)?|(?i:inf|infinity|nan))$`)

func (r *run) parseFloat(s string) (float64, bool) {
	s = strings.TrimFunc(r.read(s), isSpace)
	if strings.IndexFunc(s, func(c rune) bool { return c > 0x7f && unicode.IsDigit(c) }) >= 0 {
		r.fail("a number in digits beyond ASCII is %s", advice)
	}
	if len(s) > longText || !aNumber.MatchString(s) || !strings.ContainsAny(s, "0123456789nN") {
		return 0, false
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
	return f, err == nil || math.IsInf(f, 0)
}

func toFloat(r *run, v value, a []value) value {
	switch v := v.(type) {
	case float64, int, bool:
		return r.float(v)
	case string:
		if f, ok := r.parseFloat(v); ok {
			return f
		}
	case undefined, safe:
		r.unfit(v, "a number")
	}
	if a[0] == nil {
		return 0.0
	}
	return a[0]
}

var aWhole = regexp.MustCompile(`^[+-]?\d+(_\d+)*$`)

func toInt(r *run, v value, a []value) value {
	base := r.number(a[1], 10)
	otherwise := a[0]
	if otherwise == nil {
		otherwise = 0
	}
	switch v := v.(type) {
	case int, bool:
		return r.number(v, 0)
	case float64:
		if math.IsInf(v, 0) {
			r.fail("infinity is no whole number")
		}
		return r.truncated(v, otherwise)
	case string:
		if base != 10 {
			r.fail("int with a base other than 10 is %s", advice)
		}
		if s := strings.TrimFunc(r.read(v), isSpace); aWhole.MatchString(s) {
			n, err := strconv.Atoi(strings.ReplaceAll(s, "_", ""))
			if err != nil {
				r.fail("a whole number beyond 64 bits is %s", advice)
			}
			return n
		}
		if f, ok := r.parseFloat(v); ok && !math.IsInf(f, 0) {
			return r.truncated(f, otherwise)
		}
	case undefined, safe:
		r.unfit(v, "a number")
	}
	return otherwise
}

func (r *run) truncated(f float64, otherwise value) value {
	switch {
	case math.IsNaN(f):
		return otherwise
	case math.Abs(f) >= 1<<62:
		r.fail("a whole number beyond 64 bits is %s", advice)
	}
	return int(f)
}

func round(r *run, v value, a []value) value {
	precision, method := r.number(a[0], 0), "common"
	if a[1] != nil {
		method = r.text(a[1])
	}
	n, isWhole := whole(v)
	if precision < 0 || precision > 15 || method != "common" && precision > 0 {
		r.fail("round to %d digits by method %s is %s", precision, quote(method), advice)
	}
	if isWhole && method == "common" {
		return n
	}
	if !isNumber(v) {
		r.unfit(v, "a number")
	}
	f := r.float(v)
	switch {
	case method == "common":
		f, _ = strconv.ParseFloat(strconv.FormatFloat(f, 'f', precision, 64), 64)
	case math.IsNaN(f) || math.Abs(f) > exact:
		r.fail("%s is %s", floatRepr(f), advice)
	case method == "floor":
		return math.Floor(f) + 0 // never -0
	case method == "ceil":
		return math.Ceil(f) + 0
	default:
		r.fail("round: method must be common, ceil or floor")
	}
	return f
}

func replaceFilter(r *run, v value, a []value) value {
	count := -1
	if !absent(a[2]) {
		count = r.number(a[2], -1)
	}
	return r.replace(r.read(r.str(v)), r.read(r.str(a[0])), r.read(r.str(a[1])), count)
}

func indent(r *run, v value, a []value) value {
	by, isText := a[0].(string)
	if !isText {
		by = r.repeat(" ", r.number(a[0], 4))
	}
	first, blank := r.flag(a[1]), r.flag(a[2])
	lines := r.splitLines(r.text(v)+"\n", false)
	parts := make([]string, len(lines))
	for i, line := range lines {
		s := line.(string)
		if i == 0 && first || i > 0 && (blank || s != "") {
			r.grow(len(by) + len(s))
			s = by + s
		}
		parts[i] = s
	}
	return r.join(parts, "\n")
}

func truncate(r *run, v value, a []value) value {
	s, dots := r.text(v), "..."
	if a[2] != nil {
		dots = r.text(a[2])
	}
	size, leeway := r.number(a[0], 255), 5
	if !absent(a[3]) {
		leeway = r.number(a[3], 5)
	}
	keep := size - r.count(dots)
	if keep < 0 || leeway < 0 {
		r.fail("truncate: a length of %d and a leeway of %d must be at least %d and 0", size, leeway, r.count(dots))
	}
	if r.count(s) <= size+leeway {
		return s
	}
	s = r.cut(s, 0, keep)
	if i := strings.LastIndexByte(s, ' '); i >= 0 && !r.flag(a[1]) {
		s = s[:i]
	}
	return r.made(s + dots)
}
