package explain

import (
	"testing"

	"ranksweep/nn"
)

// TestOptimizerOf: variants go by their family, and what only sounds like one is not taken for it.
func TestOptimizerOf(t *testing.T) {
	for name, want := range map[string]string{
		"adamw_torch_fused": "adamw", "paged_adamw_8bit": "adamw", "torch.optim.AdamW": "adamw", "Adam": "adamw",
		"adafactor": "adafactor", "lion_32bit": "lion", "torch.optim.SGD": "sgd", "signSGD": "signsgd", "muon": "muon",
		"scaled-adamw": "scaled-adamw", "Scaled_SGD": "scaled-sgd", "lora-fa-adamw": "lora-fa-adamw",
		"lora_rite":    "lora-rite",
		"galore_adamw": "", "apollo_adamw": "", "adamax": "", "RAdam": "", "lomo": "", "": "",
	} {
		if got, known := OptimizerOf(name); got != want || known != (want != "") {
			t.Errorf("%q is %q, %v; want %q", name, got, known, want)
		}
	}
	for _, name := range nn.Optimizers() {
		if got, _ := OptimizerOf(name); got != name {
			t.Errorf("our own %q is read as %q", name, got)
		}
	}
}

// TestLudwigsOptimizer: a section has its type, a text is its name.
func TestLudwigsOptimizer(t *testing.T) {
	for trainer, want := range map[string]string{
		"{optimizer: sgd}": "sgd",
		"{optimizer: {type: adamw, weight_decay: 0}}": "adamw",
		"{optimizer: {weight_decay: 0}}":              "",
		"{learning_rate: 1.0e-4}":                     "",
	} {
		e, err := Text("ludwig.yaml", []byte("{model_type: llm, adapter: lora, trainer: "+trainer+"}"))
		check(t, err)
		if got := e.Settings.Optimizer; got != want || len(e.NotUnderstood) > 0 {
			t.Errorf("trainer %s: optimizer %q, not understood %q; want %q and nothing",
				trainer, got, e.NotUnderstood, want)
		}
	}
}
