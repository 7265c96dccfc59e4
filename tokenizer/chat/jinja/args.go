package jinja

import (
	"slices"
	"strings"
)

// args are the arguments of a call.
type args struct {
	list  []value
	names []string
	named []value
}

func (r *run) args(a arguments) args {
	out := args{names: slices.Clone(a.names)}
	for _, x := range a.list {
		out.list = append(out.list, r.eval(x))
	}
	for _, x := range a.named {
		out.named = append(out.named, r.eval(x))
	}
	if a.caller != nil {
		out.names, out.named = append(out.names, "caller"), append(out.named, a.caller.function(r.scope))
	}
	for i, name := range out.names {
		if slices.Contains(out.names[:i], name) {
			r.fail("argument %s is given twice", name)
		}
	}
	return out
}

// take removes a named argument.
func (a *args) take(name string) (value, bool) {
	i := slices.Index(a.names, name)
	if i < 0 {
		return nil, false
	}
	v := a.named[i]
	a.names, a.named = slices.Delete(slices.Clone(a.names), i, i+1), slices.Delete(slices.Clone(a.named), i, i+1)
	return v, true
}

// bind returns the values of parameters in their order, nil for a parameter that is not given.
// In the list of parameters, "x?" may be left out, and those before "/" cannot be given by
// name.
func (r *run) bind(a args, of, params string) []value {
	fields := strings.Fields(params)
	positional := slices.Index(fields, "/")
	fields = slices.DeleteFunc(fields, func(s string) bool { return s == "/" })
	values := make([]value, len(fields))
	if len(a.list) > len(fields) {
		r.fail("%s: takes no more than %d arguments here", of, len(fields))
	}
	copy(values, a.list)
	for i, field := range fields {
		name, optional := strings.CutSuffix(field, "?")
		if i >= len(a.list) && i >= positional {
			values[i], _ = a.take(name)
		}
		if values[i] == nil && !optional {
			r.fail("%s: lacks argument %s", of, name)
		}
	}
	if len(a.names) > 0 {
		r.fail("%s: takes no argument %s here", of, a.names[0])
	}
	return values
}

// text returns v as a text, and counts it as read.
func (r *run) text(v value) string {
	s, ok := v.(string)
	if !ok {
		r.unfit(v, "a text")
	}
	return r.read(s)
}

func (r *run) unfit(v value, wanted string) {
	switch v := v.(type) {
	case undefined:
		r.fail("%s", v.why)
	case safe:
		r.fail("text marked as safe where %s is wanted is %s", wanted, advice)
	default:
		r.fail("%s where %s is wanted", kind(v), wanted)
	}
}

// number returns v as a whole number, or otherwise if v is not given.
func (r *run) number(v value, otherwise int) int {
	if v == nil {
		return otherwise
	}
	n, ok := whole(v)
	if !ok {
		r.unfit(v, "a whole number")
	}
	return n
}

// flag returns the truth of v, or false if v is not given.
func (r *run) flag(v value) bool { return v != nil && r.truth(v) }

// absent reports whether v is not given or None.
func absent(v value) bool { return v == nil || v == none{} }
