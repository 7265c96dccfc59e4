package jinja

// Pairs are the keys and values of a dict, in their order.
type Pairs []Pair

// Pair is a key with its value.
type Pair struct {
	Key   string
	Value any
}

// received turns an input of Render into a value, and adds its bytes to size.
func received(v any, size *int) value {
	*size += itemBytes
	switch v := v.(type) {
	case nil:
		return none{}
	case string:
		*size += len(v)
		return v
	case []any:
		items := make(list, len(v))
		for i, x := range v {
			items[i] = received(x, size)
		}
		return items
	case Pairs:
		d := newDict()
		for _, p := range v {
			*size += len(p.Key)
			d.set(p.Key, received(p.Value, size))
		}
		return d
	}
	return v // bool, int, float64, Unknown
}
