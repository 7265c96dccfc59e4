package external

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"ranksweep/results"
)

// said is another side that says what it was told to, whatever it hears.
type said struct{ lines }

func (said) say(any) {}

func (s said) listenFor(context.Context) (message, error) { return s.next() }

// FuzzConversation: whatever the other side says, a run ends: with every step that its config
// asks for, diverged at the last one, or with an error.
func FuzzConversation(f *testing.F) {
	var honest strings.Builder
	for _, line := range []string{
		`{"type":"step","step":0,"values":{"train_loss":2,"val_loss":"NaN"},"validation":[1,2]}`,
		`{"type":"working","what":"x"}`,
		`{"type":"step","step":1,"values":{"train_loss":"Infinity"},"maps":{"model.layers.0.mlp.up_proj":{}}}`,
		`{"type":"saved","step":2}`,
		`{"type":"saved","step":11}`,
		`{"type":"saved","step":2,"reason":"no room"}`,
		`{"type":"done"}`,
		`{"type":"failed","reason":"x"}`, ready,
		`{"type":"step","step":0,"values":{"train_loss":null}}`,
		`{"type":"step","step":-1,"values":{"train_loss":1e999}}`,
	} {
		f.Add([]byte(line))
		f.Add([]byte(line + "\n"))
		honest.WriteString(line + "\n")
	}
	f.Add([]byte(honest.String()))
	for step := range 11 {
		fmt.Fprintf(&honest, `{"type":"step","step":%d,"values":%s}`+"\n", step, valuesAt(step))
	}
	f.Add([]byte(honest.String()))
	w := work(f, tinyConfig(f, "llama"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var notes []string
		talk := &conversation{partner: said{newLines(bytes.NewReader(text))}, curve: newCurve(w), report: quietly,
			keeper: keeper(t, &notes), asked: len(text) % 3}
		o, err := talk.train(t.Context(), requestOf(w))
		if err != nil {
			return
		}
		if o.Status != results.Diverged && (o.Steps != w.Config.Train.Steps || len(o.Curve) != o.Steps+1) {
			t.Errorf("%s after %d steps with %d points", o.Status, o.Steps, len(o.Curve))
		}
		if o.Status == results.Diverged && o.Reason == "" {
			t.Error("diverged without a reason")
		}
		for i, p := range o.Curve {
			if p.Step != i {
				t.Errorf("point %d is of step %d", i, p.Step)
			}
		}
	})
}

// FuzzIntroduction: whatever the other side says first, it is ready with abilities and of
// this version, or there is an error.
func FuzzIntroduction(f *testing.F) {
	for _, line := range []string{ready, `{"type":"ready","protocol":2}`, `{"type":"unable","reason":"no"}`, `{`,
		"null"} {
		f.Add([]byte(line + "\n"))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := introduce(t.Context(), said{newLines(bytes.NewReader(text))}, start{}, "fake")
		if err == nil && (m.Protocol != Version || m.Abilities == nil) {
			t.Errorf("%+v passes", m)
		}
	})
}

// TestLinesAreWhole: a line that is not ended is no message, and a line that never ends is
// refused before it fills the memory.
func TestLinesAreWhole(t *testing.T) {
	endless := io.MultiReader(strings.NewReader(`{"type":"`), zeros{})
	for want, r := range map[string]io.Reader{
		"a line of more than 64 MB":         endless,
		"ended in the middle of a message:": strings.NewReader(`{"type":"done"}`),
	} {
		if _, err := newLines(r).next(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if _, err := newLines(strings.NewReader("")).next(); !errors.Is(err, io.EOF) {
		t.Errorf("nothing said: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
