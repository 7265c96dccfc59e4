package experiments

import (
	"slices"
	"strings"
	"testing"
)

// Every field is explained, and nothing else is.
func TestFieldsAreExplained(t *testing.T) {
	for _, f := range Fields() {
		if f.Meaning == "" || f.Type == "" {
			t.Errorf("%s: type %q, meaning %q", f.Path, f.Type, f.Meaning)
		}
	}
	if len(fieldTexts) != len(fields) {
		t.Errorf("%d texts for %d fields", len(fieldTexts), len(fields))
	}
}

// The keys that are explained are those that a file can have beside fields, and
// their examples are read.
func TestKeysAreExplained(t *testing.T) {
	var explained, tune []string
	var file strings.Builder
	for _, k := range Keys() {
		top, key, in := strings.Cut(k.Key, ".")
		if in {
			tune = append(tune, key+": "+k.Example)
		} else {
			file.WriteString(top + ": " + k.Example + "\n")
		}
		if !slices.Contains(explained, top) {
			explained = append(explained, top)
		}
	}
	file.WriteString("tune: {" + strings.Join(tune, ", ") + "}\ndata: go-functions\n")
	var want []string
	for _, key := range topKeys() {
		if len(groupKeys(key)) == 0 && !slices.Contains(groupKeys(""), key) {
			want = append(want, key)
		}
	}
	if !slices.Equal(explained, want) {
		t.Errorf("explained are %q, and a file can have %q", explained, want)
	}
	if _, err := Parse("example.yaml", []byte(file.String())); err != nil {
		t.Errorf("%v\n%s", err, &file)
	}
}
