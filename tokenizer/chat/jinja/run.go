package jinja

import (
	"context"
	"strings"
	"time"
)

// run is one rendering.
type run struct {
	budget
	source    string
	at        place // place of the part that is being evaluated, for errors
	out       *strings.Builder
	scope     *scope
	variables map[string]value
	now       time.Time
	depth     int
}

// scope holds the variables of a block; nil stands for a variable without a value.
type scope struct {
	names map[string]value
	outer *scope
}

// Render renders the template with the given variables, whose values are nil, bool, int,
// float64, string, []any, Pairs or Unknown. Texts must be UTF-8. strftime_now formats the time
// now. Errors are of type *Error, or ctx's error if it ends.
func (t *Template) Render(ctx context.Context, variables map[string]any, now time.Time) (text string, err error) {
	defer caught(&err)
	r := &run{source: t.source, out: new(strings.Builder), now: now, variables: map[string]value{}}
	given := 0
	for name, v := range variables {
		r.variables[name] = received(v, &given)
	}
	r.budget = newBudget(ctx, given)
	r.within(t.scope, func() { t.body.exec(r) })
	return r.out.String(), nil
}

func (r *run) fail(format string, args ...any) {
	panic(errorAt(r.source, int(r.at), format, args...))
}

// within runs do in a new scope inside the current one.
func (r *run) within(f *frame, do func()) {
	r.spend(scopeSteps + len(f.hidden))
	outer := r.scope
	r.scope = &scope{make(map[string]value, len(f.hidden)), outer}
	for _, name := range f.hidden {
		r.scope.names[name] = nil
	}
	do()
	r.scope = outer
}

func (r *run) lookUp(name string) value {
	for s := r.scope; s != nil; s = s.outer {
		r.spend(1)
		if v, ok := s.names[name]; ok {
			if v == nil {
				return undefined{name + " is undefined"}
			}
			return v
		}
	}
	v, ok := r.variables[name]
	if !ok {
		v, ok = globals[name]
	}
	if why, unknown := v.(Unknown); unknown {
		r.fail("%s: %s", name, string(why))
	}
	if !ok {
		return undefined{name + " is undefined"}
	}
	return v
}

func (r *run) write(text string) { r.out.WriteString(r.made(text)) }

// capture returns the text that do writes.
func (r *run) capture(do func()) string {
	outer := r.out
	r.out = new(strings.Builder)
	do()
	text := r.out.String()
	r.out = outer
	return text
}

func (r *run) assign(to target, v value) {
	r.at = to.place
	switch {
	case to.several != nil:
		items := r.items(v)
		if len(items) != len(to.several) {
			r.fail("%d values for %d names", len(items), len(to.several))
		}
		for i, one := range to.several {
			r.assign(one, items[i])
		}
	case to.attribute != "":
		ns, ok := r.lookUp(to.name).(*namespace)
		if !ok {
			r.fail("cannot set an attribute of %s, which is no namespace", to.name)
		}
		r.setAttribute(ns, to.attribute, v)
	default:
		r.scope.names[to.name] = v
	}
}

func (b block) exec(r *run) flow {
	for _, s := range b {
		r.spend(1)
		if f := s.exec(r); f != goOn {
			return f
		}
	}
	return goOn
}

func (t text) exec(r *run) flow {
	r.write(string(t))
	return goOn
}

func (p printing) exec(r *run) flow {
	v := r.eval(p.x)
	r.at = p.x.where()
	r.write(r.str(v))
	return goOn
}

func (b branching) exec(r *run) flow {
	for i, test := range b.tests {
		if r.truth(r.eval(test)) {
			return b.bodies[i].exec(r)
		}
	}
	if len(b.bodies) > len(b.tests) {
		return b.bodies[len(b.tests)].exec(r)
	}
	return goOn
}

func (a assigning) exec(r *run) flow {
	r.assign(a.target, r.eval(a.x))
	return goOn
}

func (c capturing) exec(r *run) (f flow) {
	var v value = r.capture(func() { r.within(c.scope, func() { f = c.body.exec(r) }) })
	if f != goOn {
		return f
	}
	for _, filter := range c.filters {
		r.at = filter.place
		v = r.filter(filter.name, v, r.args(filter.args))
	}
	if c.target.name == "" && c.target.several == nil {
		s, ok := plain(v)
		if !ok {
			r.unfit(v, "a text")
		}
		r.write(s)
	} else {
		r.assign(c.target, v)
	}
	return goOn
}

func (s scoping) exec(r *run) (f flow) {
	values := make([]value, len(s.values))
	for i, x := range s.values {
		values[i] = r.eval(x)
	}
	r.within(s.scope, func() {
		for i, to := range s.targets {
			r.assign(to, values[i])
		}
		f = s.body.exec(r)
	})
	return f
}

func (m *macro) exec(r *run) flow {
	r.scope.names[m.name] = m.function(r.scope)
	return goOn
}

func (c calling) exec(r *run) flow {
	r.write(r.str(r.eval(c.call)))
	return goOn
}

func (m marking) exec(r *run) flow {
	r.write(r.str(m.body.function(r.scope).call(r, args{})))
	return goOn
}

func (j jump) exec(*run) flow { return j.to }
