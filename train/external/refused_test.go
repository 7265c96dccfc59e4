package external

import (
	"fmt"
	"strings"
	"testing"

	"ranksweep/results"
)

const (
	someMap = "model.layers.0.mlp.up_proj"
	inMap   = "at 5: map " + someMap + ": reported "
)

// set returns what reports a value.
func set(quantity string, x jsonNumber) func(m *message) {
	return func(m *message) { m.Values[quantity] = x }
}

// drop returns what leaves a value out.
func drop(quantity string) func(m *message) {
	return func(m *message) { delete(m.Values, quantity) }
}

// TestStepsThatCannotBe: what a run cannot have measured at a step is refused by its name, with
// what must be.
func TestStepsThatCannotBe(t *testing.T) {
	w := work(t, tinyConfig(t, "llama"))
	batches := make([]jsonNumber, len(newCurve(w).outcome.Validation)) // of loss 0
	summed := func(m *message) { m.Validation = batches }
	for want, change := range map[string]func(m *message){
		"at 2: reported grad_norm -1 at step 2: must be at least 0":           set("grad_norm", -1),
		"at 2: reported train_loss -0.5 at step 2: must be at least 0":        set("train_loss", -0.5),
		"at 1: reported stable_rank -2 at step 1: must be at least 0":         set("stable_rank", -2),
		"at 2: reported val_loss at step 2 of 10: must be only where due has": set("val_loss", 2),
		"at 2: reported delta_w at step 2 of 10: must be only where due has":  set("delta_w", 2),
		"at 0: reported map_output at step 0 of 10: must be only where due":   set("map_output", 2),
		"at 2: reported maps at step 2 of 10: must be only where due has 4": func(m *message) {
			m.Maps = map[string]values{someMap: nil}
		},
		"at 2: reported validation at step 2 of 10: must be only where due":          summed,
		"at 0: reported loss_drop at step 0 of 10: must be only at step 1":           set("loss_drop", 1),
		"at 2: reported loss_drop_actual at step 2 of 10: must be only at":           set("loss_drop_actual", 1),
		"at 10: reported train_loss at step 10 of 10: must be only at each step but": set("train_loss", 1),
		"at 10: reported grad_rms_a at step 10 of 10: must be":                       set("grad_rms_a", 1),
		"at 2: reported step 2 without train_loss":                                   drop("train_loss"),
		"at 4: reported step 4 without val_loss":                                     drop("val_loss"),
		"at 4: reported val_loss 1 at step 4, and validation batches whose":          summed,
		"at 4: reported validation batch 0 as -1 at step 4: must be at least 0": func(m *message) {
			m.Validation = append([]jsonNumber{-1}, batches[1:]...)
		},
		inMap + "grad_norm -3 at step 5: must be at least 0": func(m *message) {
			m.Maps[someMap]["grad_norm"] = -3
		},
		inMap + "train_loss at step 5: must be of the run alone": func(m *message) {
			m.Maps[someMap]["train_loss"] = 3
		},
		"at 6: reported step 7: must be step 6 of 10":                                 func(m *message) { m.Step = 7 },
		"at 11: reported step 11 after the last one, 10: must say done":               func(*message) {},
		"at 0: reported bits_per_byte, which follows from val_loss: must be left out": set("bits_per_byte", 1),
		"at 0: reported quantity \"perplexity\", which is unknown: docs/co":           set("perplexity", 1),
	} {
		var at int
		_, err := fmt.Sscanf(want, "at %d: ", &at)
		check(t, err)
		c := newCurve(w)
		for step := range at {
			_, err := c.add(stepMessage(step))
			check(t, err)
		}
		m := stepMessage(at)
		change(&m)
		_, err = c.add(m)
		if got := fmt.Sprintf("at %d: %v", at, err); !strings.HasPrefix(got, want) {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}

// TestDivergedStepsAreTaken: a value that is not finite makes a run diverged, and is no mistake.
func TestDivergedStepsAreTaken(t *testing.T) {
	for _, text := range []string{
		`{"train_loss":"NaN"}`, `{"train_loss":2,"val_loss":"Infinity"}`, `{"val_loss":"NaN"}`,
		`{"val_loss":1,"train_loss":2,"grad_norm":"Infinity"}`,
	} {
		c := newCurve(work(t, tinyConfig(t, "llama")))
		m, err := parse([]byte(`{"type":"step","step":0,"values":` + text + "}\n"))
		check(t, err)
		if _, err := c.add(m); err != nil || c.outcome.Status != results.Diverged {
			t.Errorf("%s: %s, %v", text, c.outcome.Status, err)
		}
	}
}

// TestUnreportedValidationIsAbsent: a run whose trainer reports no single batches has none, in
// place of batches without a loss.
func TestUnreportedValidationIsAbsent(t *testing.T) {
	c := newCurve(work(t, tinyConfig(t, "llama")))
	for step := range 11 {
		_, err := c.add(stepMessage(step))
		check(t, err)
	}
	if o, err := c.end(); err != nil || o.Validation != nil {
		t.Errorf("%v, %v", o.Validation, err)
	}
}

// TestReadyThatCannotBe: what a program says of itself is whole, and in words that are known.
func TestReadyThatCannotBe(t *testing.T) {
	for want, replace := range map[string][2]string{
		"is ready without protocol: must say the version that it speaks, as 1":  {`"protocol": 1, `, ""},
		"speaks version 2 of the protocol, this program speaks 1: update the":   {`"protocol": 1`, `"protocol": 2`},
		`is ready as trainer "": must be "fake", the name that --trainer gives`: {`"trainer": "fake", `, ""},
		`is ready as trainer "other": must be "fake"`:                           {`"fake", "v`, `"other", "v`},
		"is ready without versions":                                             {`{"fake": "1.0"}`, "{}"},
		"is ready without device":                                               {`"device": "cpu", `, ""},
		"abilities without optimizers: must be some of sgd, adamw":              {`["adamw"]`, "[]"},
		"abilities without methods: must be some of lora":                       {`"methods": ["lora"], `, ""},
		"abilities without precisions: must be some of float32":                 {`["float32"]`, "null"},
		`abilities: optimizers has "adam8bit": must be some of sgd, adamw`:      {`["adamw"]`, `["adamw", "adam8bit"]`},
		`abilities: methods has "LoRA": must be some of lora`:                   {`["lora"]`, `["LoRA"]`},
		`abilities: attentions has "fast": must be some of default`: {
			`"dropout": false`, `"dropout": false, "attentions": ["fast"]`},
		`abilities: why has "optimizers": must be some of optimizer, method`: {
			`"dropout": false`, `"dropout": false, "why": {"optimizers": "x"}`},
		"is ready without abilities":   {`"abilities"`, `"skills"`},
		`abilities.optimizers must be`: {`["adamw"]`, `"adamw"`},
	} {
		text := strings.Replace(ready, replace[0], replace[1], 1)
		_, err := introduce(t.Context(), said{newLines(strings.NewReader(text + "\n"))}, start{}, "fake")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestNoMessages: a line that is no message is answered in words of the protocol.
func TestNoMessages(t *testing.T) {
	for line, want := range map[string]string{
		"Loading 100%":                         "standard output is for messages alone, a JSON object a line",
		"[1,2]":                                "standard output is for messages alone",
		"null":                                 "standard output is for messages alone",
		"":                                     "standard output is for messages alone",
		`{"step":2}`:                           "it has no type",
		`{"type":5}`:                           "type must be a text",
		`{"type":"step","step":2.5}`:           "step must be a whole number",
		`{"type":"step","values":[]}`:          "values must be an object, each value a number",
		`{"type":"step","values":{"x":"2.5"}}`: `"2.5": must be a number, "NaN"`,
		`{"type":"step","maps":{"a":3}}`:       "maps must be an object, each value an object",
		`{"type":"step","validation":{}}`:      "validation must be a list, each entry a number",
		`{"type":"ready","abilities":[]}`:      "abilities must be an object",
		`{"type":"ready","versions":{"a":1}}`:  "versions must be an object, each value a text",
		`{"type":"ready","abilities":{"dropout":"no"}}`: "abilities.dropout must be true or false",
		`{"type":"done","memory":{"peak":1.5}}`:         "memory.peak must be a whole number",
		`{"type":"step","values":{"a":NaN}}`:            "it is not JSON on one line: invalid character 'N'",
		"{\"type\":\"\xff\"}":                           "byte 10 is not UTF-8",
	} {
		_, err := parse([]byte(line))
		if err == nil || !strings.Contains(err.Error(), ", which is no message: "+want) {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
}
