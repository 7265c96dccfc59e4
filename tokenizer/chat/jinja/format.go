package jinja

import (
	"regexp"
	"strconv"
	"strings"
)

func formatFilter(r *run, v value, a args) value {
	s := r.text(r.soft(v))
	if len(a.names) == 0 {
		return r.percent(s, tuple(a.list))
	}
	if len(a.list) > 0 {
		r.fail("format: wants arguments all with names or all without")
	}
	return r.percent(s, r.dictOf(a))
}

// matchSteps is what it takes to match directive or field.
const matchSteps = 5

// directive matches a directive of Python's %-formatting.
var directive = regexp.MustCompile(`^%(\((.*?)\))?(\.(\d))?([sdrf%])`)

// percent returns Python's format % v.
func (r *run) percent(format string, v value) string {
	list, isTuple := v.(tuple)
	if !isTuple {
		list = tuple{v}
	}
	d, isDict := v.(*dict)
	var b strings.Builder
	used := 0
	for {
		before, _, more := strings.Cut(format, "%")
		b.WriteString(r.made(before))
		if format = format[len(before):]; !more {
			break
		}
		r.spend(matchSteps)
		m := directive.FindStringSubmatch(format)
		switch {
		case m == nil || m[5] == "%" && m[0] != "%%":
			r.fail("formatting by %s is %s", quote(format[:min(len(format), 8)]), advice)
		case m[0] == "%%":
			b.WriteString(r.made("%"))
		case m[1] != "" && !isDict:
			r.unfit(v, "a dict")
		case m[1] != "":
			x, ok := r.get(d, m[2])
			if !ok {
				r.fail("the dict to format has no %s", quote(m[2]))
			}
			b.WriteString(r.made(r.directed(x, m[4], m[5])))
		case used == len(list):
			r.fail("there are not enough values to format")
		default:
			b.WriteString(r.made(r.directed(list[used], m[4], m[5])))
			used++
		}
		format = format[len(m[0]):]
	}
	if used < len(list) && !isDict {
		r.fail("there are more values to format than the text has places for")
	}
	return b.String()
}

// directed formats x by a directive's letter, with the given precision in digits.
func (r *run) directed(x value, precision, letter string) string {
	switch {
	case letter == "s" && precision == "":
		return r.str(r.unmarked(x))
	case letter == "r" && precision == "":
		return r.repr(x)
	}
	if !isNumber(x) {
		r.unfit(x, "a number")
	}
	n, isWhole := whole(x)
	switch {
	case letter == "d" && precision == "" && isWhole:
		return strconv.Itoa(n)
	case letter == "f" && r.float(x)-r.float(x) == 0: // finite
		digits := 6
		if precision != "" {
			digits = int(precision[0] - '0')
		}
		return strconv.FormatFloat(r.float(x), 'f', digits, 64)
	}
	r.fail("formatting a value of type %s by %%%s%s is %s", kind(x), precision, letter, advice)
	return ""
}

// unmarked fails if Python would escape the text into which x is put.
func (r *run) unmarked(x value) value {
	if _, ok := x.(safe); ok {
		r.unfit(x, "a text")
	}
	return x
}

// field matches a field of str.format: its name, and whether it uses repr.
var field = regexp.MustCompile(`^\{([\pL\pN_]*)(![sr])?\}`)

func formatMethod(r *run, s string, a args) value {
	var b strings.Builder
	automatic := 0
	for {
		n := strings.IndexAny(s, "{}")
		if n < 0 {
			b.WriteString(r.made(s))
			return b.String()
		}
		b.WriteString(r.made(s[:n]))
		s = s[n:]
		if strings.HasPrefix(s, "{{") || strings.HasPrefix(s, "}}") {
			b.WriteString(r.made(s[:1]))
			s = s[2:]
			continue
		}
		r.spend(matchSteps)
		m := field.FindStringSubmatch(s)
		if m == nil {
			r.fail("format: a field that is more than a name or a number is %s", advice)
		}
		s = s[len(m[0]):]
		x := r.fieldValue(m[1], &automatic, a)
		if m[2] == "!r" {
			b.WriteString(r.repr(x))
		} else {
			b.WriteString(r.made(r.str(r.unmarked(x))))
		}
	}
}

// fieldValue returns the argument of a field: by position, by name, or the next one. automatic
// counts the last kind, and is below 0 after a field with a position.
func (r *run) fieldValue(name string, automatic *int, a args) value {
	index, err := strconv.Atoi(name)
	switch {
	case name == "" && *automatic >= 0:
		index = *automatic
		*automatic++
	case err == nil && *automatic <= 0:
		*automatic = -1
	case name == "" || err == nil:
		r.fail("format: fields with and without numbers cannot be mixed")
	default:
		v, ok := a.take(name)
		if !ok {
			r.fail("format: no argument is called %s", quote(name))
		}
		return v
	}
	if index >= len(a.list) {
		r.fail("format: there is no argument %d", index)
	}
	return a.list[index]
}
