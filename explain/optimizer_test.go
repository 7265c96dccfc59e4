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
