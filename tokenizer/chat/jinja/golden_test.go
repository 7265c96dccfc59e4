package jinja

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

var date = time.Date(2024, time.July, 26, 0, 0, 0, 0, time.UTC)

// golden holds renderings by transformers; testdata/generate.py writes it.
var golden = func() (g struct {
	Conversations    []ordered
	Variables        ordered
	Models, Snippets []goldenCase
}) {
	content, err := os.ReadFile("testdata/golden.json")
	if err == nil {
		err = json.Unmarshal(content, &g)
	}
	if err != nil {
		panic(err)
	}
	return g
}()

type goldenCase struct {
	Name         string
	Conversation int
	Text         *string // nil for an error
}

// ordered is a JSON object; the objects in it keep the order of their keys.
type ordered map[string]any

func (o *ordered) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	*o = ordered{}
	for _, p := range decoded(d).(Pairs) {
		(*o)[p.Key] = p.Value
	}
	return nil
}

// decoded returns the next value of valid JSON.
func decoded(d *json.Decoder) any {
	token, _ := d.Token()
	switch t := token.(type) {
	case json.Delim:
		list, pairs := []any{}, Pairs{}
		for d.More() {
			if t == '[' {
				list = append(list, decoded(d))
				continue
			}
			key, _ := d.Token()
			pairs = append(pairs, Pair{key.(string), decoded(d)})
		}
		d.Token()
		if t == '[' {
			return list
		}
		return pairs
	case json.Number:
		if n, err := t.Int64(); err == nil {
			return int(n)
		}
		f, _ := t.Float64()
		return f
	}
	return token
}

func render(source string, variables map[string]any) (string, error) {
	t, err := New(source)
	if err != nil {
		return "", err
	}
	return t.Render(context.Background(), variables, date)
}

func (c goldenCase) check(t *testing.T, source string, variables map[string]any) {
	t.Helper()
	text, err := render(source, variables)
	switch {
	case c.Text == nil && err == nil:
		t.Errorf("%s: %q, want an error", c.Name, text)
	case c.Text != nil && err != nil:
		t.Errorf("%s: %v, want %q", c.Name, err, *c.Text)
	case c.Text != nil && text != *c.Text:
		t.Errorf("%s:\n%q, want\n%q", c.Name, text, *c.Text)
	}
}

// Every kind of value, tag and scope behaves as in transformers.
func TestSnippets(t *testing.T) {
	if len(golden.Snippets) < 200 {
		t.Fatalf("%d snippets", len(golden.Snippets))
	}
	for _, c := range golden.Snippets {
		c.check(t, c.Name, golden.Variables)
	}
}

// Templates in the style of those that come with models give the same text as in transformers.
func TestModels(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/templates.txtar")
	if err != nil {
		t.Fatal(err)
	}
	sources := map[string]string{}
	for _, f := range archive.Files {
		sources[f.Name] = string(f.Data)
	}
	if len(sources) < 60 || len(golden.Models) != len(sources)*len(golden.Conversations) {
		t.Fatalf("%d templates, %d texts", len(sources), len(golden.Models))
	}
	for _, c := range golden.Models {
		variables := map[string]any{"tools": nil, "documents": nil, "bos_token": "<s>", "eos_token": "</s>"}
		for name, v := range golden.Conversations[c.Conversation] {
			variables[name] = v
		}
		c.check(t, sources[c.Name], variables)
	}
}

// Constructs that are not implemented are refused by name and place.
func TestRefusals(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{"{% include 'x' %}", "1:4: {% include %} is not supported: put a template without it into"},
		{"a\n{% extends 'x' %}", "2:4: {% extends %} is not supported"},
		{"{% block a %}{% endblock %}", "1:4: {% block %} is not supported"},
		{"{% for x in l recursive %}{% endfor %}", "1:15: a recursive loop is not supported"},
		{"{{ f(*l) }}", "1:6: * in a call is not supported"},
		{"{% macro f() %}{{ varargs }}{% endmacro %}", "1:19: varargs of a macro is not supported"},
		{"{{ s | xmlattr }}", "1:8: filter xmlattr is not supported"},
		{"{{ s is escaped }}", "1:9: test escaped is not supported"},
		{"{{ s.casefold() }}", "1:5: casefold of a value of type str is not supported"},
		{"{{ l.append(1) }}", "1:5: append changes a list, which a chat template may not"},
		{"{% for g in m|groupby('k') %}{{ g.grouper }}{% endfor %}",
			"1:34: grouper of a value of type tuple is not supp"},
		{"{{ m|groupby('k')|map(attribute='list')|list }}", "list of a value of type tuple is not supported"},
		{"{{ self }}", "1:4: self: not supported"},
		{"{{ self is defined }}", "1:4: self: not supported"},
		{"{{ lipsum(2) }}", "1:4: lipsum: not supported"},
		{"{{ 2 ** 63 }}", "1:6: 2 ** 63 is beyond 64 bits"},
		{"{{ 9223372036854775807 + 1 }}", "is beyond 64 bits"},
		{"{{ 9223372036854775808 }}", "no whole number of 64 bits"},
		{"{{ 2 ** 0.5 }}", "powers of fractions are not supported"},
		{"{{ ('<'|safe)[0] }}", "text marked as safe"},
		{"{{ ('<'|safe) + 1 }}", "text marked as safe where an operand of + is wanted is not supported"},
		{"{{ l|map('string') }}", "1:6: a value of type generator has no text: |list makes a list"},
		{"{{ [0.1, 0.2]|sum }}", "the sum of fractions"},
		{"{{ '%5.1f' % 1 }}", "formatting by '%5.1f' is not supported"},
		{"{{ strftime_now('%Z') }}", "strftime_now: '%Z' is not supported"},
		{"{{ {(1, 2): 3} }}", "a dict cannot have a key of type tuple"},
		{"é{{ '\\N{DASH}' }}", "1:6: a backslash before N"},
		{"{{ hidden }}", "1:4: hidden: not known"},
		{strings.Repeat("x", maxSource+1), "262145 bytes: must be at most 262144"},
	} {
		variables := map[string]any{"hidden": Unknown("not known")}
		for name, v := range golden.Variables {
			variables[name] = v
		}
		text, err := render(c.source, variables)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60s: %q, %v, want %q", c.source, text, err, c.want)
		}
	}
}
