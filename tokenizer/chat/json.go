package chat

import (
	"encoding/json"
	"fmt"
	"strings"

	"ranksweep/tokenizer/chat/jinja"
)

// checkNumbers returns an error if valid JSON has a whole number beyond 64 bits, which Python keeps.
func checkNumbers(text string) error {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	for {
		token, err := d.Token()
		if err != nil {
			return nil // the end
		}
		n, isNumber := token.(json.Number)
		if _, err := n.Int64(); isNumber && err != nil && !strings.ContainsAny(n.String(), ".eE") {
			return fmt.Errorf("%s: a whole number beyond 64 bits: write it as a text", n)
		}
	}
}

// decode returns valid JSON as values of a template; nil for an empty text. Objects keep the
// order of their keys.
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
