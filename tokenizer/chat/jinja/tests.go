package jinja

// tests are Jinja's tests by name (jinja2/tests.py).
var tests map[string]*operation

func (r *run) test(name string, v value, a args) value {
	t := tests[name]
	if t == nil {
		r.fail("test %s is %s", name, advice)
	}
	r.spend(1)
	return t.call(r, name, v, a)
}

func is[T any](_ *run, v value) bool {
	_, ok := v.(T)
	return ok
}

func init() {
	tests = map[string]*operation{
		"divisibleby": {params: "num", apply: func(r *run, v value, a []value) value {
			return r.remainder(v, a[0], 0)
		}},
		"sameas": {params: "other", apply: sameAs},
		"in":     {params: "seq", apply: func(r *run, v value, a []value) value { return r.contains(a[0], v) }},
	}
	for name, is := range map[string]func(r *run, v value) bool{
		"odd":       func(r *run, v value) bool { return r.remainder(v, 2, 1) },
		"even":      func(r *run, v value) bool { return r.remainder(v, 2, 0) },
		"defined":   func(r *run, v value) bool { return !is[undefined](r, v) },
		"undefined": is[undefined], "none": is[none], "boolean": is[bool], "integer": is[int], "float": is[float64],
		"true":    func(_ *run, v value) bool { return v == value(true) },
		"false":   func(_ *run, v value) bool { return v == value(false) },
		"mapping": is[*dict],
		"string": func(_ *run, v value) bool {
			_, ok := plain(v)
			return ok
		},
		"number":   func(_ *run, v value) bool { return isNumber(v) },
		"iterable": func(_ *run, v value) bool { return iterable(v) },
		"sequence": func(r *run, v value) bool {
			_, sized := r.size(v)
			return sized && !is[view](r, v) && !is[*loop](r, v)
		},
		"callable": func(r *run, v value) bool { return is[*function](r, v) || is[undefined](r, v) || is[*loop](r, v) },
		"lower":    func(r *run, v value) bool { return hasCase(r.read(r.str(v)), isUpper, isLower) },
		"upper":    func(r *run, v value) bool { return hasCase(r.read(r.str(v)), isLower, isUpper) },
	} {
		tests[name] = &operation{apply: func(r *run, v value, _ []value) value { return is(r, v) }}
	}
	for name, op := range map[string]string{"eq": "==", "equalto": "==", "==": "==", "ne": "!=", "!=": "!=", "gt": ">",
		"greaterthan": ">", ">": ">", "ge": ">=", ">=": ">=", "lt": "<", "lessthan": "<", "<": "<",
		"le": "<=", "<=": "<="} {
		apply := func(r *run, v value, a []value) value { return r.compare(op, v, a[0]) }
		tests[name] = &operation{params: "other", apply: apply}
	}
}

// remainder reports whether v % by is rest.
func (r *run) remainder(v, by value, rest int) bool { return r.equal(r.arithmetic("%", v, by), rest) }

// sameAs is Python's v is other, for values that exist only once.
func sameAs(r *run, v value, a []value) value {
	for _, x := range []value{v, a[0]} {
		if is[bool](r, x) || is[none](r, x) {
			return v == a[0]
		}
	}
	r.fail("sameas of values of types %s and %s is %s", kind(v), kind(a[0]), advice)
	return nil
}
