package jinja

// iterate returns Python's iter(v).
func (r *run) iterate(v value) *iterator {
	switch v := v.(type) {
	case *iterator:
		return v
	case list:
		return r.counted(v)
	case tuple:
		return r.counted(list(v))
	case view:
		return r.counted(r.viewed(v))
	case *dict:
		return r.counted(v.keys)
	case string:
		return r.characters(v)
	case safe:
		return r.characters(string(v))
	case span:
		return v.iterate(r)
	case undefined:
		return iterateList(nil)
	}
	r.fail("a value of type %s has no items to go through", kind(v))
	return nil
}

// iterable reports whether v can be iterated.
func iterable(v value) bool {
	switch v.(type) {
	case *iterator, list, tuple, view, *dict, string, safe, span, undefined, *loop:
		return true
	}
	return false
}

func iterateList(items []value) *iterator {
	return &iterator{func() (value, bool) {
		if len(items) == 0 {
			return nil, false
		}
		v := items[0]
		items = items[1:]
		return v, true
	}}
}

func (r *run) counted(items []value) *iterator {
	it := iterateList(items)
	return &iterator{func() (value, bool) {
		r.spend(1)
		return it.next()
	}}
}

func (r *run) characters(text string) *iterator {
	rest := []rune(r.made(text))
	return &iterator{func() (value, bool) {
		r.spend(1)
		if len(rest) == 0 {
			return nil, false
		}
		c := string(rest[0])
		rest = rest[1:]
		return c, true
	}}
}

func (s span) iterate(r *run) *iterator {
	i := 0
	return &iterator{func() (value, bool) {
		r.spend(1)
		if i == s.len() {
			return nil, false
		}
		i++
		return s.start + (i-1)*s.step, true
	}}
}

// drain returns the values that are left in an iterator.
func (r *run) drain(it *iterator) list {
	items := list{}
	for v, ok := it.next(); ok; v, ok = it.next() {
		r.grow(itemBytes)
		items = append(items, v)
	}
	return items
}

// items returns Python's list(v).
func (r *run) items(v value) list { return r.drain(r.iterate(v)) }

// lazily passes each item of v to make when it is asked for, and returns the results that make
// does not drop. A v that is false gives no items.
func (r *run) lazily(v value, make func(value) (value, bool)) *iterator {
	var it *iterator
	return &iterator{func() (value, bool) {
		r.enter()
		defer r.leave()
		if it == nil && !r.truth(v) {
			return nil, false
		}
		if it == nil {
			it = r.iterate(v)
		}
		for x, ok := it.next(); ok; x, ok = it.next() {
			if y, ok := make(x); ok {
				return y, true
			}
		}
		return nil, false
	}}
}
