package paper

import "testing"

func TestSchemeLabel(t *testing.T) {
	for scheme, want := range map[string]string{
		"lora": "LoRA", "rslora": "rsLoRA", "lora+": "LoRA+", "constant": "constant", "p=0.25": "p = 0.25",
		"lora@4": "LoRA matched at rank 4", "mua": "mua (rsLoRA, lr = 0.25)", "full": "full",
		"mua@4": "mua (rsLoRA, lr = 0.25) matched at rank 4", "lora,init=-0.5": "LoRA, init = -0.5",
		"p=0.75,lr_a=0.1,zero=a@8": "p = 0.75, lr_a = 0.1, zero = a matched at rank 8",
	} {
		if got := schemeLabel(scheme); got != want {
			t.Errorf("%s: %q, want %q", scheme, got, want)
		}
	}
}
