package explain

import (
	"slices"
	"strings"
	"testing"
)

// What each convention does with the rank, as the docs of methods have it.
func TestOverRank(t *testing.T) {
	const stable = "the first loss drop is the same at every rank: stable"
	const (
		asWeights = "depends on the weights"
		collapses = "the first loss drop goes as r^-1: collapses; with γ = α/√r"
		explodes  = "the first loss drop goes as r^0.5: explodes; with γ = α/r "
	)
	for text, want := range map[string][]string{
		"{peft_type: LORA}":                                {collapses, stable},
		"{peft_type: LORA, use_rslora: true}":              {stable, explodes},
		"{peft_type: LORA, init_lora_weights: gaussian}":   {},
		"{peft_type: LORA, init_lora_weights: pissa}":      {asWeights, asWeights},
		"{peft_type: LORA, init_lora_weights: orthogonal}": {"r^-1: collapses; with γ = α/√r", stable},
		"{peft_type: LOHA}": {"r^-2: collapses; with γ = α ",
			"r^-0.5: collapses; with γ = α/√r"},
		"{peft_type: LOKR}": {"r^-2: collapses; with γ = α ", "r^-1: collapses; with γ = α "},
		"{peft_type: VERA}": {stable, stable},
		"{peft_type: HIRA}": {"r^1: explodes; with γ = 1/√r", "r^1: explodes; with γ = 1/r"},
	} {
		e, err := Text("adapter.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, x := range e.OverRank {
			got = append(got, x.text(e.Settings))
		}
		if !slices.EqualFunc(got, want, strings.Contains) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
