package paper

import (
	"strings"
	"testing"
)

// Captions say which model was trained, and for how long.
func TestCaptionsSayTheModelAndTheSteps(t *testing.T) {
	for config, want := range map[string]string{
		`{"model": "base", "train": {"steps": 60, "batch": 4, "context": 256}}`: "Each run makes 60 steps of up to " +
			"4 × 256 tokens, with the embedded model of 5.8 million parameters. All runs share ",
		`{"model": "models/tiny.gguf", "train": {"steps": 1}}`: "Each run makes 1 step, with the model tiny.gguf. All ",
	} {
		runs := sweep()
		for i := range runs {
			runs[i].Config = []byte(config)
		}
		figures, err := Figures(view(runs))
		if err != nil || len(figures) == 0 {
			t.Fatalf("%d figures (%v)", len(figures), err)
		}
		for _, f := range figures {
			if !strings.Contains(f.Caption, want) {
				t.Errorf("figure %s: %s", f.Name, f.Caption)
			}
		}
	}
	if text := view(sweep()).trained(); text != "" {
		t.Errorf("of configs that say nothing: %q", text)
	}
}
