package results

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// sameJSON reports whether two JSON texts are the same value.
func sameJSON(a, b []byte) bool { return bytes.Equal(canonical(a), canonical(b)) }

// canonical rewrites a JSON value with the keys of its objects in order.
func canonical(text []byte) []byte {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return nil
	}
	return []byte(jsonText(v))
}

// member is a field of a JSON object.
type member struct {
	key   string
	value json.RawMessage
}

// members lists the fields of an object, in their order.
func members(object json.RawMessage) (all []member, err error) {
	d := json.NewDecoder(bytes.NewReader(object))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, fmt.Errorf("config %.40q is no JSON object", object)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		m := member{key: key.(string)} // the key of an object is always a string
		if err := d.Decode(&m.value); err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// encodeObject writes an object of the given members, at least one.
func encodeObject(members []member) json.RawMessage {
	var b bytes.Buffer
	for i, m := range members {
		b.WriteByte("{,"[min(i, 1)])
		b.WriteString(jsonText(m.key) + ":")
		b.Write(m.value)
	}
	b.WriteByte('}')
	return b.Bytes()
}

// group is a group of fields, or a single one.
type group struct {
	name    string
	single  bool
	members []member
}

func encodeGroups(groups []*group) json.RawMessage {
	if len(groups) == 0 {
		return nil
	}
	var all []member
	for _, g := range groups {
		value := g.members[0].value
		if !g.single {
			value = encodeObject(g.members)
		}
		all = append(all, member{g.name, value})
	}
	return encodeObject(all)
}
