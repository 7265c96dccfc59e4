package jinja

import "strings"

// attribute returns of.name: a method, or else the item with that name.
func (r *run) attribute(of value, name string) value {
	if u, ok := of.(undefined); ok {
		r.fail("%s", u.why)
	}
	if v := r.member(of, name); v != nil {
		return v
	}
	if v, ok := r.find(of, name); ok {
		return v
	}
	return undefined{"a value of type " + kind(of) + " has no " + name}
}

// item returns of[key]: the item, or else a method with that name.
func (r *run) item(of, key value) value {
	if u, ok := of.(undefined); ok {
		r.fail("%s", u.why)
	}
	if v, ok := r.find(of, key); ok {
		return v
	}
	if name, ok := key.(string); ok {
		if v := r.member(of, name); v != nil {
			return v
		}
	}
	return undefined{"a value of type " + kind(of) + " has no item " + r.brief(key)}
}

// brief returns the repr of a key, for an error.
func (r *run) brief(key value) string {
	switch k := key.(type) {
	case string:
		return quote(k[:min(len(k), longText)])
	case int:
		return r.repr(k)
	}
	return "of type " + kind(key)
}

// find returns Python's of[key]; false if Python has an error for it.
func (r *run) find(of, key value) (value, bool) {
	if d, ok := of.(*dict); ok {
		return r.get(d, key)
	}
	if text, ok := plain(key); ok {
		r.read(text) // to look for a method with that name
	}
	i, ok := whole(key)
	if !ok {
		return nil, false
	}
	n, _ := r.size(of)
	if i < 0 {
		i += n
	}
	if i < 0 || i >= n {
		return nil, false
	}
	switch of := of.(type) {
	case list:
		return of[i], true
	case tuple:
		return of[i], true
	case string:
		return r.cut(of, i, i+1), true
	case span:
		return of.start + i*of.step, true
	case safe:
		r.unfit(of, "a text")
	}
	return nil, false
}

// cut returns the characters of text from one position up to another.
func (r *run) cut(text string, from, to int) string {
	r.read(text)
	begin, count := len(text), 0
	for at := range text {
		if count == from {
			begin = at
		}
		if count == to {
			return text[begin:at]
		}
		count++
	}
	return text[begin:]
}

// slice returns of[from:to:step]; bounds are whole numbers, or nil.
func (r *run) slice(of value, bounds []value) value {
	if _, ok := of.(undefined); ok {
		r.unfit(of, "a list")
	}
	n, _ := r.size(of)
	step := r.number(bounds[2], 1)
	if step == 0 {
		r.fail("a slice cannot have a step of 0")
	}
	from, to := limits(bounds, n, step)
	indices := span{from, to, step}
	switch v := of.(type) {
	case string:
		return r.sliceText(v, indices)
	case list:
		return list(r.pick(v, indices))
	case tuple:
		return tuple(r.pick(list(v), indices))
	case span:
		return span{v.start + from*v.step, v.start + to*v.step, v.step * step}
	}
	r.unfit(of, "a list or a text")
	return nil
}

// limits returns the beginning and end of a slice of n items (PySlice_AdjustIndices).
func limits(bounds []value, n, step int) (from, to int) {
	low, high := 0, n
	if step < 0 {
		low, high = -1, n-1
	}
	clamp := func(v value, otherwise int) int {
		i, ok := v.(int)
		if !ok {
			return otherwise
		}
		if i < 0 {
			i += n
		}
		return min(max(i, low), high)
	}
	if step < 0 {
		return clamp(bounds[0], high), clamp(bounds[1], low)
	}
	return clamp(bounds[0], low), clamp(bounds[1], high)
}

func (r *run) pick(items list, indices span) []value {
	n := indices.len()
	r.growTimes(n, itemBytes)
	picked := make([]value, n)
	for i := range picked {
		picked[i] = items[indices.start+i*indices.step]
	}
	return picked
}

func (r *run) sliceText(text string, indices span) string {
	if indices.step == 1 {
		return r.made(r.cut(text, indices.start, max(indices.start, indices.stop)))
	}
	runes := []rune(r.made(text))
	var b strings.Builder
	for i := range indices.len() {
		b.WriteRune(runes[indices.start+i*indices.step])
	}
	return b.String()
}

const ofNumbers = " as_integer_ratio bit_count bit_length conjugate denominator from_bytes fromhex hex imag" +
	" is_integer numerator real to_bytes "

// changing are the methods that change their list or dict; transformers' sandbox forbids them.
// refused are the methods that are not implemented here.
var (
	changing = map[string]string{
		"list": " append clear extend insert pop remove reverse sort ",
		"dict": " clear pop popitem setdefault update ",
	}
	refused = map[string]string{
		"str": " casefold encode expandtabs format_map isascii isdecimal isidentifier isnumeric isprintable" +
			" istitle maketrans swapcase translate ",
		"list": " copy ", "tuple": " grouper list ", // of what groupby gives
		"dict": " copy fromkeys ", "range": " count index start step stop ",
		"int": ofNumbers, "bool": ofNumbers, "float": ofNumbers,
		"dict_keys": " isdisjoint mapping ", "dict_items": " isdisjoint mapping ", "dict_values": " mapping ",
		"generator": " close gi_code gi_frame gi_running gi_suspended gi_yieldfrom send throw ",
		"function":  " arguments caller catch_kwargs catch_varargs explicit_caller name ",
	}
)

// member returns the method or attribute with the given name that Python has for values of this
// type; nil if it has none.
func (r *run) member(of value, name string) value {
	inList := func(names string) bool { return strings.Contains(names, " "+name+" ") }
	switch {
	case inList(changing[kind(of)]):
		r.fail("%s changes a %s, which a chat template may not", name, kind(of))
	case strings.HasPrefix(name, "__"), inList(refused[kind(of)]):
		r.fail("%s of a value of type %s is %s", name, kind(of), advice)
	}
	switch v := of.(type) {
	case string:
		if method := textMethods[name]; method != nil {
			return &function{name, func(r *run, a args) value { return method(r, r.read(v), a) }}
		}
	case safe:
		r.unfit(v, "a text")
	case list:
		return listMethod(v, name)
	case tuple:
		return listMethod(list(v), name)
	case *dict:
		return dictMethod(v, name)
	case *namespace:
		return v.names[name]
	case *loop:
		return v.attribute(r, name)
	}
	return nil
}

func listMethod(items list, name string) value {
	switch name {
	case "count":
		return &function{name, func(r *run, a args) value {
			n := 0
			for _, v := range items {
				if r.equal(v, r.bind(a, name, "value /")[0]) {
					n++
				}
			}
			return n
		}}
	case "index":
		return &function{name, func(r *run, a args) value {
			x := r.bind(a, name, "value /")[0]
			for i, v := range items {
				if r.equal(v, x) {
					return i
				}
			}
			r.fail("index: the list has no such value")
			return nil
		}}
	}
	return nil
}

func dictMethod(d *dict, name string) value {
	switch name {
	case "keys", "values", "items":
		return &function{name, func(r *run, a args) value {
			r.bind(a, name, "")
			return view{name, d}
		}}
	case "get":
		return &function{name, func(r *run, a args) value {
			v := r.bind(a, name, "key default? /")
			if found, ok := r.get(d, v[0]); ok {
				return found
			}
			if v[1] == nil {
				return none{}
			}
			return v[1]
		}}
	}
	return nil
}

func (r *run) setAttribute(ns *namespace, name string, v value) {
	if strings.HasPrefix(name, "_") {
		r.fail("a namespace may have no attribute that begins with _")
	}
	ns.names[name] = v
}
