package results

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
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

// members lists the fields of an object, in their order. The values are parts of its text.
func members(object json.RawMessage) (all []member, err error) {
	const space = " \t\r\n"
	text := bytes.TrimLeft(object, space)
	if !json.Valid(object) || text[0] != '{' {
		return nil, fmt.Errorf("%.40q is no JSON object", object)
	}
	for text = text[1:]; ; {
		if text = bytes.TrimLeft(text, space+","); text[0] == '}' {
			return all, nil
		}
		key := text[:valueLength(text)]
		text = bytes.TrimLeft(text[len(key):], space+":")
		value := text[:valueLength(text)]
		text = text[len(value):]
		all = append(all, member{jsonString(key), value})
	}
}

// valueLength is the length of the value with which a part of valid JSON begins. An object goes on
// after it.
func valueLength(text []byte) int {
	depth, quoted := 0, false
	for i := 0; ; i++ {
		c := text[i]
		switch {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth == 0 {
				return i
			}
			depth--
		case depth == 0 && strings.IndexByte(" \t\r\n,:", c) >= 0:
			return i
		default:
			continue
		}
		if depth == 0 && !quoted {
			return i + 1
		}
	}
}

// jsonString reads a valid JSON string.
func jsonString(text []byte) (s string) {
	if inner := text[1 : len(text)-1]; utf8.Valid(inner) && !bytes.Contains(inner, []byte{'\\'}) {
		return string(inner)
	}
	json.Unmarshal(text, &s)
	return s
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
