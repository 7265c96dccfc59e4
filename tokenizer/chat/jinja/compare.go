package jinja

import (
	"cmp"
	"math"
	"strings"
)

// compare returns Python's x op y.
func (r *run) compare(op string, x, y value) bool {
	switch op {
	case "==":
		return r.equal(x, y)
	case "!=":
		return !r.equal(x, y)
	case "in":
		return r.contains(y, x)
	case "not in":
		return !r.contains(y, x)
	}
	order, ok := r.order(x, y)
	switch op {
	case "<":
		return ok && order < 0
	case "<=":
		return ok && order <= 0
	case ">":
		return ok && order > 0
	}
	return ok && order >= 0
}

// equal returns Python's x == y.
func (r *run) equal(x, y value) bool {
	r.enter()
	defer r.leave()
	if order, ok := numbers(x, y); ok {
		return order == 0
	}
	switch x := x.(type) {
	case string, safe:
		a, _ := plain(x)
		b, ok := plain(y)
		return ok && len(a) == len(b) && r.read(a) == b
	case none:
		return y == none{}
	case undefined:
		_, ok := y.(undefined)
		return ok
	case list:
		y, ok := y.(list)
		return ok && r.same(x, y)
	case tuple:
		y, ok := y.(tuple)
		return ok && r.same(list(x), list(y))
	case *dict:
		y, ok := y.(*dict)
		return ok && r.sameDict(x, y)
	case span:
		y, ok := y.(span)
		return ok && x.len() == y.len() && r.same(r.items(x), r.items(y))
	case bool, int, float64:
		return false
	}
	if kind(x) == kind(y) {
		r.fail("whether two values of type %s are equal is %s", kind(x), advice)
	}
	return false
}

// plain returns the text of a value that is a text, marked as safe or not.
func plain(v value) (string, bool) {
	if s, ok := v.(safe); ok {
		return string(s), true
	}
	s, ok := v.(string)
	return s, ok
}

func (r *run) same(x, y list) bool {
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if !r.equal(x[i], y[i]) {
			return false
		}
	}
	return true
}

func (r *run) sameDict(x, y *dict) bool {
	if len(x.keys) != len(y.keys) {
		return false
	}
	for i, key := range x.keys {
		if v, ok := r.get(y, key); !ok || !r.equal(x.values[i], v) {
			return false
		}
	}
	return true
}

// numbers compares two numbers. If one is NaN, the order is 2, for which only != holds.
func numbers(x, y value) (order int, ok bool) {
	a, isWhole := whole(x)
	b, isWhole2 := whole(y)
	f, isFloat := x.(float64)
	g, isFloat2 := y.(float64)
	switch {
	case isWhole && isWhole2:
		return cmp.Compare(a, b), true
	case isFloat && isFloat2:
		return compareFloats(f, g), true
	case isWhole && isFloat2:
		return compareMixed(a, g), true
	case isFloat && isWhole2:
		if order := compareMixed(b, f); order != 2 {
			return -order, true
		}
		return 2, true
	}
	return 0, false
}

func compareFloats(x, y float64) int {
	if math.IsNaN(x) || math.IsNaN(y) {
		return 2
	}
	return cmp.Compare(x, y)
}

// compareMixed compares exactly, as Python does.
func compareMixed(x int, y float64) int {
	if order := compareFloats(float64(x), y); order != 0 {
		return order
	}
	if y == 1<<63 {
		return -1
	}
	return cmp.Compare(x, int(y))
}

// order returns the order of two values; ok is false for NaN.
func (r *run) order(x, y value) (order int, ok bool) {
	r.enter()
	defer r.leave()
	if order, ok := numbers(x, y); ok {
		return order, order != 2
	}
	if a, ok := plain(x); ok {
		if b, ok := plain(y); ok {
			return strings.Compare(r.read(a), b), true
		}
	}
	a, isList := x.(list)
	b, isList2 := y.(list)
	if isList && isList2 {
		return r.orderLists(a, b)
	}
	c, isTuple := x.(tuple)
	d, isTuple2 := y.(tuple)
	if isTuple && isTuple2 {
		return r.orderLists(list(c), list(d))
	}
	r.mismatch("<", x, y)
	return 0, false
}

func (r *run) orderLists(x, y list) (order int, ok bool) {
	for i := range min(len(x), len(y)) {
		if !r.equal(x[i], y[i]) {
			return r.order(x[i], y[i])
		}
	}
	return cmp.Compare(len(x), len(y)), true
}

// mismatch fails with the error that an operator does not take these values.
func (r *run) mismatch(op string, x, y value) {
	for _, v := range []value{x, y} {
		if u, ok := v.(undefined); ok {
			r.fail("%s", u.why)
		}
		if _, ok := v.(safe); ok {
			r.unfit(v, "an operand of "+op)
		}
	}
	r.fail("%s is not for values of types %s and %s", op, kind(x), kind(y))
}

// contains returns Python's x in container.
func (r *run) contains(container, x value) bool {
	if text, ok := plain(container); ok {
		part, ok := plain(x)
		if !ok {
			r.unfit(x, "a text")
		}
		return strings.Contains(r.read(text), part)
	}
	if v, ok := container.(view); ok && v.name == "keys" {
		container = v.of
	}
	switch c := container.(type) {
	case *dict:
		_, isUndefined := x.(undefined)
		if _, ok := hash(x); !ok && !isUndefined {
			r.fail("a value of type %s is no key of a dict here", kind(x))
		}
		_, ok := r.get(c, x)
		return ok
	case *loop, *namespace, *function, none, bool, int, float64:
		r.fail("a value of type %s has no items to look in", kind(c))
	}
	it := r.iterate(container)
	for v, ok := it.next(); ok; v, ok = it.next() {
		if r.equal(v, x) {
			return true
		}
	}
	return false
}
