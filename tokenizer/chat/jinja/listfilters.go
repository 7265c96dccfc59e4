package jinja

import (
	"slices"
	"strconv"
	"strings"
)

func first(r *run, v value, _ []value) value {
	if x, ok := r.iterate(v).next(); ok {
		return x
	}
	return undefined{"there is no first item"}
}

func last(r *run, v value, _ []value) value {
	if _, ok := v.(*iterator); ok {
		r.fail("a generator has no last item: |list makes a list of it")
	}
	if n, _ := r.size(v); n > 0 {
		if x, ok := r.find(v, -1); ok {
			return x
		}
	}
	items := r.items(v)
	if len(items) == 0 {
		return undefined{"there is no last item"}
	}
	return items[len(items)-1]
}

func reverse(r *run, v value, _ []value) value {
	if s, ok := v.(string); ok {
		return r.sliceText(r.read(s), span{r.count(s) - 1, -1, -1})
	}
	if _, ok := v.(safe); ok {
		r.unfit(v, "a text")
	}
	items := reversed(r.items(v))
	r.growTimes(len(items), itemBytes)
	if _, ok := v.(*iterator); ok {
		return items
	}
	return r.counted(items)
}

func itemsFilter(r *run, v value, _ []value) value {
	if _, ok := v.(undefined); ok {
		return iterateList(nil)
	}
	d, ok := v.(*dict)
	if !ok {
		r.unfit(v, "a dict")
	}
	return r.counted(r.pairs(d))
}

// parts returns the parts of a text between separators, each with the memory of a value.
func (r *run) parts(text, by string) []string {
	r.growTimes(strings.Count(r.made(text), by)+1, 2*itemBytes)
	return strings.Split(text, by)
}

// reach returns an attribute of x, given as "a.0.b" or as a number. An undefined part of it is
// replaced by otherwise, if that is given.
func (r *run) reach(x, attribute, otherwise value) value {
	if absent(attribute) {
		return x
	}
	path := []value{attribute}
	if text, ok := attribute.(string); ok {
		path = path[:0]
		for _, part := range r.parts(text, ".") {
			if n, err := strconv.Atoi(part); err == nil && digits(part) == len(part) {
				path = append(path, n)
			} else {
				path = append(path, part)
			}
		}
	}
	for _, key := range path {
		x = r.item(x, key)
		if _, ok := x.(undefined); ok && !absent(otherwise) {
			x = otherwise
		}
	}
	return x
}

// key returns the value by which x is sorted: texts in lower case, unless case matters.
func (r *run) key(x, attribute, caseMatters value) value {
	x = r.reach(x, attribute, nil)
	if s, ok := x.(string); ok && !r.flag(caseMatters) {
		r.spend(len(s))
		return r.made(lower(s))
	}
	return x
}

// sorted returns Python's sorted(items, key, reverse).
func (r *run) sorted(items list, key func(value) value, reverse bool) list {
	type keyed struct{ key, value value }
	pairs := make([]keyed, len(items))
	r.growTimes(len(items), 2*itemBytes)
	for i, x := range items {
		pairs[i] = keyed{key(x), x}
	}
	slices.SortStableFunc(pairs, func(a, b keyed) int {
		order, ok := r.order(a.key, b.key)
		if !ok {
			r.fail("NaN cannot be sorted")
		}
		if reverse {
			return -order
		}
		return order
	})
	out := make(list, len(pairs))
	for i, p := range pairs {
		out[i] = p.value
	}
	return out
}

func sortFilter(r *run, v value, a []value) value {
	attributes := []value{a[2]}
	if text, ok := a[2].(string); ok {
		attributes = nil
		for _, one := range r.parts(text, ",") {
			attributes = append(attributes, one)
		}
	}
	return r.sorted(r.items(v), func(x value) value {
		r.growTimes(len(attributes), itemBytes)
		keys := make(list, len(attributes))
		for i, attribute := range attributes {
			keys[i] = r.key(x, attribute, a[1])
		}
		return keys
	}, r.flag(a[0]))
}

func dictSort(r *run, v value, a []value) value {
	d, ok := v.(*dict)
	if !ok {
		r.unfit(v, "a dict")
	}
	by := 0
	if a[1] != nil {
		switch r.text(a[1]) {
		case "key":
		case "value":
			by = 1
		default:
			r.fail("dictsort: by must be key or value")
		}
	}
	return r.sorted(r.pairs(d), func(x value) value { return r.key(x.(tuple)[by], nil, a[0]) }, r.flag(a[2]))
}

func unique(r *run, v value, a []value) value {
	seen := newDict()
	items := r.iterate(v)
	return &iterator{func() (value, bool) {
		r.enter()
		defer r.leave()
		for x, ok := items.next(); ok; x, ok = items.next() {
			key := r.key(x, a[1], a[0])
			if _, found := r.get(seen, key); !found {
				r.put(seen, key, none{})
				return x, true
			}
		}
		return nil, false
	}}
}

func groupBy(r *run, v value, a []value) value {
	key := func(x value) value { return r.key(r.reach(x, a[0], a[1]), nil, a[2]) }
	items := r.sorted(r.items(v), key, false)
	groups := list{}
	for begin, i := 0, 1; begin < len(items); i++ {
		if i < len(items) && r.equal(key(items[begin]), key(items[i])) {
			continue
		}
		r.grow(4 * itemBytes)
		groups = append(groups, tuple{r.reach(items[begin], a[0], a[1]), items[begin:i:i]})
		begin = i
	}
	return groups
}

// extreme returns the filter min or max.
func extreme(sign int) func(r *run, v value, a []value) value {
	return func(r *run, v value, a []value) value {
		var best, bestKey value = undefined{"there are no items"}, nil
		for _, x := range r.items(v) {
			key := r.key(x, a[1], a[0])
			if bestKey != nil {
				if order, ok := r.order(key, bestKey); !ok || order*sign <= 0 {
					continue
				}
			}
			best, bestKey = x, key
		}
		return best
	}
}

func sum(r *run, v value, a []value) value {
	total := a[1]
	if total == nil {
		total = 0
	}
	for _, x := range r.items(v) {
		x = r.reach(x, a[0], nil)
		if _, ok := x.(float64); ok {
			r.fail("the sum of fractions, which versions of Python round differently, is %s", advice)
		}
		if _, ok := total.(string); ok {
			r.fail("sum is not for texts: join makes one of several")
		}
		total = r.arithmetic("+", total, x)
	}
	return total
}

func batch(r *run, v value, a []value) value {
	size := r.number(a[0], 0)
	items := r.items(v)
	groups := list{}
	for len(items) > 0 {
		n := min(max(size, 1), len(items))
		group := slices.Clone(items[:n])
		if size <= 0 { // as in Jinja, where such a batch is never full
			n, group = len(items), slices.Clone(items)
		}
		items = items[n:]
		if missing := size - len(group); !absent(a[1]) && missing > 0 {
			r.growTimes(missing, itemBytes)
			group = append(group, repeatItems(list{a[1]}, missing)...)
		}
		r.growTimes(len(group)+1, itemBytes)
		groups = append(groups, group)
	}
	return r.counted(groups)
}

func sliceInto(r *run, v value, a []value) value {
	n := r.number(a[0], 0)
	if n < 1 {
		r.fail("slice: %d slices: must be 1 or more", n)
	}
	items := r.items(v)
	r.growTimes(n, 2*itemBytes)
	each, more := len(items)/n, len(items)%n
	groups := make(list, n)
	for i := range groups {
		size := each
		if i < more {
			size++
		}
		group := slices.Clone(items[:size])
		items = items[size:]
		if i >= more && !absent(a[1]) {
			group = append(group, a[1])
		}
		groups[i] = group
	}
	return r.counted(groups)
}

func joinFilter(r *run, v value, a []value) value {
	by := ""
	if a[0] != nil {
		by = r.str(a[0])
	}
	var parts []string
	for _, x := range r.items(v) {
		parts = append(parts, r.str(r.reach(x, a[1], nil)))
	}
	return r.join(parts, by)
}

func mapFilter(r *run, v value, a args) value {
	if attribute, ok := a.take("attribute"); ok && len(a.list) == 0 {
		otherwise, _ := a.take("default")
		r.bind(a, "map", "")
		return r.lazily(v, func(x value) (value, bool) { return r.reach(x, attribute, otherwise), true })
	}
	if len(a.list) == 0 {
		r.fail("map: lacks the name of a filter")
	}
	name := r.text(a.list[0])
	a.list = a.list[1:]
	return r.lazily(v, func(x value) (value, bool) { return r.filter(name, x, a), true })
}

// selection returns one of the filters select, reject, selectattr and rejectattr.
func selection(keep, byAttribute bool) func(r *run, v value, a args) value {
	return func(r *run, v value, a args) value {
		var attribute value
		if byAttribute {
			if len(a.list) == 0 {
				r.fail("lacks the name of an attribute")
			}
			attribute, a.list = a.list[0], a.list[1:]
		}
		name := ""
		if len(a.list) > 0 {
			name, a.list = r.text(a.list[0]), a.list[1:]
		}
		return r.lazily(v, func(x value) (value, bool) {
			judged := r.reach(x, attribute, nil)
			if name == "" {
				return x, r.truth(judged) == keep
			}
			return x, r.truth(r.test(name, judged, a)) == keep
		})
	}
}
