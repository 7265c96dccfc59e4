package jinja

import "strings"

func (r *run) eval(x expression) value {
	at := r.at
	r.at = x.where()
	r.enter()
	v := x.eval(r)
	r.leave()
	r.at = at
	return v
}

func (c *constant) eval(*run) value { return c.value }

func (v *variable) eval(r *run) value { return r.lookUp(v.name) }

func (l *listing) eval(r *run) value {
	r.growTimes(len(l.items), itemBytes)
	items := make(list, len(l.items))
	for i, x := range l.items {
		items[i] = r.eval(x)
	}
	if l.isTuple {
		return tuple(items)
	}
	return items
}

func (m *mapping) eval(r *run) value {
	d := newDict()
	for i, key := range m.keys {
		k := r.eval(key)
		r.put(d, k, r.eval(m.values[i]))
	}
	return d
}

func (a *attribute) eval(r *run) value { return r.attribute(r.eval(a.of), a.name) }

func (s *subscript) eval(r *run) value {
	of := r.eval(s.of)
	return r.item(of, r.eval(s.key))
}

func (s *slicing) eval(r *run) value {
	of := r.eval(s.of)
	bounds := []value{nil, nil, nil}
	for i, x := range []expression{s.from, s.to, s.step} {
		if x == nil {
			continue
		}
		if v := r.eval(x); v != (none{}) {
			bounds[i] = r.number(v, 0)
		}
	}
	return r.slice(of, bounds)
}

func (c *call) eval(r *run) value {
	of := r.eval(c.of)
	a := r.args(c.args)
	f, ok := of.(*function)
	if !ok {
		r.unfit(of, "a function")
	}
	r.spend(1)
	return f.call(r, a)
}

func (f *filtering) eval(r *run) value {
	of := r.eval(f.of)
	return r.filter(f.name, of, r.args(f.args))
}

func (t *judging) eval(r *run) value {
	of := r.eval(t.of)
	return r.test(t.name, of, r.args(t.args))
}

func (u *unary) eval(r *run) value {
	x := r.eval(u.x)
	if u.op == "not" {
		return !r.truth(x)
	}
	return r.sign(u.op, x)
}

func (b *binary) eval(r *run) value {
	x := r.eval(b.x)
	switch {
	case b.op == "and" && !r.truth(x), b.op == "or" && r.truth(x):
		return x
	case b.op == "and", b.op == "or":
		return r.eval(b.y)
	}
	return r.arithmetic(b.op, x, r.eval(b.y))
}

func (c *comparison) eval(r *run) value {
	x := r.eval(c.first)
	for i, op := range c.ops {
		y := r.eval(c.rest[i])
		if !r.compare(op, x, y) {
			return false
		}
		x = y
	}
	return true
}

func (c *concatenation) eval(r *run) value {
	var b strings.Builder
	for _, x := range c.items {
		b.WriteString(r.made(r.str(r.eval(x))))
	}
	return b.String()
}

func (c *conditional) eval(r *run) value {
	switch {
	case r.truth(r.eval(c.test)):
		return r.eval(c.then)
	case c.otherwise != nil:
		return r.eval(c.otherwise)
	}
	return undefined{"an if without else has no value where its condition is false"}
}
