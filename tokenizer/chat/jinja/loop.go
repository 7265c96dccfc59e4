package jinja

// loop is the variable loop inside a loop (jinja2/runtime.py, LoopContext).
type loop struct {
	source  *iterator
	size    int // -1 until it is known
	index0  int
	before  value
	current value
	after   value // the next item, if peek has read it
	changed list
}

// peek returns the next item without advancing; nil at the end.
func (l *loop) peek() value {
	if l.after == nil {
		if v, ok := l.source.next(); ok {
			l.after = v
		}
	}
	return l.after
}

func (l *loop) next() bool {
	v := l.peek()
	if v == nil {
		return false
	}
	l.after = nil
	l.index0++
	l.before, l.current = l.current, v
	return true
}

func (l *loop) length(r *run) int {
	if l.size < 0 {
		l.peek()
		rest := r.drain(l.source)
		l.size = len(rest) + l.index0 + 1
		if l.after != nil {
			l.size++
		}
		l.source = iterateList(rest)
	}
	return l.size
}

func (s looping) exec(r *run) (f flow) {
	r.at = s.place
	over := r.eval(s.over)
	l := &loop{source: r.iterate(over), size: -1, index0: -1}
	if s.filter != nil {
		l.source = s.filtered(r, l.source)
	} else if n, ok := r.size(over); ok {
		l.size = n
	}
	completed := false // a pass reached the end of the body, as in Jinja, without break or continue
	for f != breakLoop && l.next() {
		r.spend(1)
		r.within(s.scope, func() {
			r.assign(s.target, l.current)
			r.scope.names["loop"] = l
			f = s.body.exec(r)
		})
		completed = completed || f == goOn
	}
	if completed || s.otherScope == nil {
		return goOn
	}
	r.within(s.otherScope, func() { f = s.other.exec(r) })
	return f
}

// filtered gives the items for which the loop's condition holds. The condition is evaluated only
// when an item is asked for.
func (s looping) filtered(r *run, items *iterator) *iterator {
	in := r.scope
	return &iterator{func() (value, bool) {
		r.enter()
		defer r.leave()
		for {
			v, ok := items.next()
			if !ok {
				return nil, false
			}
			outer := r.scope
			r.scope = in
			keep := false
			r.within(s.filterScope, func() {
				r.assign(s.target, v)
				keep = r.truth(r.eval(s.filter))
			})
			r.scope = outer
			if keep {
				return v, true
			}
		}
	}}
}

// attribute returns an attribute of the variable loop; nil for one that it lacks.
func (l *loop) attribute(r *run, name string) value {
	switch name {
	case "index":
		return l.index0 + 1
	case "index0":
		return l.index0
	case "revindex":
		return l.length(r) - l.index0
	case "revindex0":
		return l.length(r) - l.index0 - 1
	case "length":
		return l.length(r)
	case "first":
		return l.index0 == 0
	case "last":
		return l.peek() == nil
	case "depth":
		return 1
	case "depth0":
		return 0
	case "previtem":
		if l.index0 == 0 {
			return undefined{"there is no previous item"}
		}
		return l.before
	case "nextitem":
		if v := l.peek(); v != nil {
			return v
		}
		return undefined{"there is no next item"}
	case "cycle":
		return &function{"loop.cycle", func(r *run, a args) value {
			if len(a.list) == 0 || len(a.names) > 0 {
				r.fail("loop.cycle: wants one value or more")
			}
			return a.list[l.index0%len(a.list)]
		}}
	case "changed":
		return &function{"loop.changed", func(r *run, a args) value {
			if l.changed != nil && r.equal(l.changed, list(a.list)) {
				return false
			}
			l.changed = append(list{}, a.list...)
			return true
		}}
	}
	return nil
}
