package chat

import (
	"encoding/json"
	"strings"

	"ranksweep/tokenizer/chat/jinja"
)

// decode returns valid JSON as values of a template; nil for an empty text. Objects keep the
// order of their keys. A whole number beyond 64 bits becomes a fraction.
func decode(text string) any {
	if text == "" {
		return nil
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	return value(d)
}

// value reads the next value.
func value(d *json.Decoder) any {
	token, err := d.Token()
	if err != nil {
		panic(err) // the text is valid JSON
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '[' {
			return list(d)
		}
		return dict(d)
	case json.Number:
		if n, err := t.Int64(); err == nil {
			return int(n)
		}
		f, _ := t.Float64() // infinite beyond its range, as in Python
		return f
	}
	return token
}

func list(d *json.Decoder) []any {
	items := []any{}
	for d.More() {
		items = append(items, value(d))
	}
	d.Token() // ]
	return items
}

func dict(d *json.Decoder) jinja.Pairs {
	pairs := jinja.Pairs{}
	for d.More() {
		key, _ := d.Token()
		pairs = append(pairs, jinja.Pair{Key: key.(string), Value: value(d)})
	}
	d.Token() // }
	return pairs
}
