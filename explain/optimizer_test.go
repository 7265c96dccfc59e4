package explain

import "testing"

// TestOptimizerOf: variants go by their family, and what only sounds like one is not taken for it.
func TestOptimizerOf(t *testing.T) {
	for name, want := range map[string]string{
		"adamw_torch_fused": "adamw", "paged_adamw_8bit": "adamw", "torch.optim.AdamW": "adamw", "Adam": "adamw",
		"adafactor": "adafactor", "lion_32bit": "lion", "torch.optim.SGD": "sgd", "signSGD": "signsgd", "muon": "muon",
		"galore_adamw": "", "apollo_adamw": "", "adamax": "", "RAdam": "", "lomo": "", "": "",
	} {
		if got, known := OptimizerOf(name); got != want || known != (want != "") {
			t.Errorf("%q is %q, %v; want %q", name, got, known, want)
		}
	}
}
