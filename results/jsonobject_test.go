package results

import (
	"bytes"
	"encoding/json"
	"testing"
)

// decodedMembers is what members does, by the decoder of the standard library.
func decodedMembers(object []byte) (all []member) {
	d := json.NewDecoder(bytes.NewReader(object))
	d.Token()
	for d.More() {
		key, _ := d.Token()
		m := member{key: key.(string)}
		d.Decode(&m.value)
		all = append(all, m)
	}
	return all
}

// FuzzMembers holds the fields of an object, and what is none, to what the standard library says.
func FuzzMembers(f *testing.F) {
	for _, text := range []string{
		`{}`, ` { } `, `{"a":1}`, "\n{\t\"a\" : -1.5e+3 ,\r\n\"b\":[1,{\"c\":\"}\"}] , \"d\":null }\n", `{"":""}`,
		`{"a":"\"","b\\":"\\","c\u00e9\ud800":"{[","d":{"e":{"f":[]}}}`, `{"a":true,"a":false}`, "{\"\xff\":\"\xff\"}",
		``, ` `, `[]`, `1`, `"a"`, `null`, `{`, `{"a"}`, `{"a":1}x`, `{"a":1e9999}`, `{"a":1,}`, `{a:1}`,
		"{}\v", "\u00a0{}",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := members(text)
		var fields map[string]json.RawMessage
		if wrong := json.Unmarshal(text, &fields) != nil || fields == nil; wrong != (err != nil) {
			t.Fatalf("%q: %v", text, err)
		}
		if err != nil {
			return
		}
		want := decodedMembers(text)
		if len(got) != len(want) {
			t.Fatalf("%q has %d fields, want %d", text, len(got), len(want))
		}
		for i, m := range want {
			if got[i].key != m.key || !bytes.Equal(got[i].value, m.value) {
				t.Errorf("%q: field %d is %q: %q, want %q: %q", text, i, got[i].key, got[i].value, m.key, m.value)
			}
		}
	})
}
