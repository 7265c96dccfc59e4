package jinja

import (
	"context"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// No template makes New or Render panic, and a rendering stays within bounds and is the same each
// time.
func FuzzTemplate(f *testing.F) {
	archive, err := txtar.ParseFile("testdata/templates.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range archive.Files {
		f.Add(string(file.Data))
	}
	for _, c := range golden.Snippets {
		f.Add(c.Name)
	}
	variables := map[string]any{}
	for name, v := range golden.Variables {
		variables[name] = v
	}
	for name, v := range golden.Conversations[2] {
		variables[name] = v
	}
	f.Fuzz(func(t *testing.T, source string) {
		template, err := New(source)
		if err != nil {
			return
		}
		text, err := template.Render(context.Background(), variables, date)
		again, errAgain := template.Render(context.Background(), variables, date)
		if text != again || (err == nil) != (errAgain == nil) || len(text) > 2*maxBytes {
			t.Errorf("%d bytes, %v, then %d bytes, %v", len(text), err, len(again), errAgain)
		}
	})
}
