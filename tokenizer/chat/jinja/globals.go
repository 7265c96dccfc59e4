package jinja

import (
	"strings"
	"time"
)

// globals are the functions that every template can call.
var globals map[string]value

func init() {
	globals = map[string]value{
		"lipsum": Unknown(advice), "cycler": Unknown(advice), "joiner": Unknown(advice),
		"self": Unknown(advice),
	}
	for name, call := range map[string]func(r *run, a args) value{
		"range": rangeOf, "dict": func(r *run, a args) value { return r.dictOf(a) },
		"namespace": func(r *run, a args) value {
			ns := &namespace{make(map[string]value)}
			d := r.dictOf(a)
			for i, key := range d.keys {
				r.setAttribute(ns, r.text(key), d.values[i])
			}
			return ns
		},
		"raise_exception": func(r *run, a args) value {
			r.fail("the template refuses this conversation: %s", r.str(r.bind(a, "raise_exception", "message")[0]))
			return nil
		},
		"strftime_now": func(r *run, a args) value {
			return r.strftime(r.text(r.bind(a, "strftime_now", "format")[0]))
		},
	} {
		globals[name] = &function{name, call}
	}
}

func rangeOf(r *run, a args) value {
	v := r.bind(a, "range", "start stop? step? /")
	s := span{0, r.number(v[0], 0), r.number(v[2], 1)}
	if v[1] != nil {
		s.start, s.stop = s.stop, r.number(v[1], 0)
	}
	if s.step == 0 {
		r.fail("range: the step must not be 0")
	}
	const far = 1 << 60
	if s.start < -far || s.start > far || s.stop < -far || s.stop > far || s.len() > maxRange {
		r.fail("range: more than %d numbers", maxRange)
	}
	return s
}

// dictOf is Python's dict(…).
func (r *run) dictOf(a args) *dict {
	d := newDict()
	if len(a.list) > 1 {
		r.fail("dict: takes no more than one argument without a name")
	}
	for _, v := range a.list {
		from, ok := v.(*dict)
		if !ok {
			r.unfit(v, "a dict")
		}
		for i, key := range from.keys {
			r.put(d, key, from.values[i])
		}
	}
	for i, name := range a.names {
		r.put(d, name, a.named[i])
	}
	return d
}

// layouts maps the letters of strftime to the layouts of Go's package time.
var layouts = map[byte]string{'a': "Mon", 'A': "Monday", 'b': "Jan", 'B': "January", 'd': "02", 'H': "15", 'I': "03",
	'j': "002", 'm': "01", 'M': "04", 'p': "PM", 'S': "05", 'y': "06", 'Y': "2006", 'F': "2006-01-02", 'T': "15:04:05",
	'e': "_2"}

// strftime is Python's now.strftime(format), in the C locale.
func (r *run) strftime(format string) string {
	var out strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			out.WriteString(r.made(format[i : i+1]))
			continue
		}
		i++
		plain := i < len(format) && format[i] == '-' // no leading zeros
		if plain {
			i++
		}
		layout := ""
		if i < len(format) {
			layout = layouts[format[i]]
		}
		switch {
		case i < len(format) && format[i] == '%' && !plain:
			out.WriteString(r.made("%"))
		case layout == "" || plain && len(layout) != 2:
			r.fail("strftime_now: %s is %s", quote(format), advice)
		default:
			out.WriteString(r.made(stamp(r.now, layout, plain)))
		}
	}
	return out.String()
}

func stamp(t time.Time, layout string, plain bool) string {
	text := t.Format(layout)
	for plain && len(text) > 1 && text[0] == '0' {
		text = text[1:]
	}
	return text
}
