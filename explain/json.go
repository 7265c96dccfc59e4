package explain

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// json reads the whole text as JSON, in which, unlike in YAML, \ud83e\udd99 is one character.
func (r *reader) json() (any, error) {
	if len(bytes.TrimSpace(r.text)) == 0 {
		return nil, nil
	}
	r.decoder = json.NewDecoder(bytes.NewReader(r.text))
	r.decoder.UseNumber()
	value, err := r.jsonValue(0)
	if err == nil {
		if _, more := r.decoder.Token(); more != io.EOF {
			err = errors.New("something follows the closing bracket")
		}
	}
	if err != nil {
		var at *lineError
		if !errors.As(err, &at) {
			err = wrongAt(r.here(), "is not JSON: %v", err)
		}
		return nil, err
	}
	return value, nil
}

func (r *reader) jsonValue(depth int) (any, error) {
	token, err := r.decoder.Token()
	if err == nil {
		err = r.count(depth, r.here)
	}
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case json.Number:
		value, _ := token.Float64() // beyond float64 it is an infinity, which no setting can be
		return numeral{token.String(), value}, nil
	case json.Delim:
		if token == '[' {
			return r.jsonList(depth)
		}
		return r.jsonMapping(depth)
	}
	return token, nil
}

func (r *reader) jsonList(depth int) (any, error) {
	list := []any{}
	for r.decoder.More() {
		value, err := r.jsonValue(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	_, err := r.decoder.Token()
	return list, err
}

func (r *reader) jsonMapping(depth int) (any, error) {
	m := newMapping()
	for r.decoder.More() {
		key, err := r.decoder.Token()
		if err != nil {
			return nil, err
		}
		line := r.here()
		value, err := r.jsonValue(depth + 1)
		if err == nil {
			err = m.add(key.(string), value, line)
		}
		if err != nil {
			return nil, err
		}
	}
	_, err := r.decoder.Token()
	return m, err
}

// here returns the line that the JSON decoder has come to.
func (r *reader) here() int {
	offset := min(int(r.decoder.InputOffset()), len(r.text))
	r.line += bytes.Count(r.text[r.offset:offset], []byte("\n"))
	r.offset = offset
	return r.line
}
