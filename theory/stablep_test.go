package theory_test

import (
	"math"
	"testing"

	"ranksweep/lora"
	"ranksweep/nn"
	"ranksweep/theory"
)

// TestStableP: by the multiplier α/r^p that is called stable, the first loss drop is free of rank, as theory's own
// laws have it. The powers of methods without a multiplier, and of PiSSA, follow from how the drop goes with γ.
func TestStableP(t *testing.T) {
	for method, want := range map[string]map[nn.Update][2]float64{
		lora.DefaultMethod: {nn.LinearUpdate: {0.5, 0.5}, nn.SignUpdate: {1, 1}, nn.EvenUpdate: {1, 1},
			nn.DividedUpdate: {0.5, 0.5}, nn.SpectralUpdate: {0, 0.5}},
		lora.DoRAMethod:           {nn.LinearUpdate: {0.5, 0.5}, nn.SignUpdate: {1, 1}, nn.SpectralUpdate: {0, 0.5}},
		lora.LoRAFAMethod:         {nn.LinearUpdate: {0.5, 0.5}, nn.SignUpdate: {1, 1}, nn.SpectralUpdate: {0, 0.5}},
		lora.PEFTOrthogonalMethod: {nn.LinearUpdate: {0.5, 0.5}, nn.SignUpdate: {1, 1}, nn.SpectralUpdate: {0, 1}},
		lora.LoHaMethod:           {nn.LinearUpdate: {0, 0}, nn.SignUpdate: {0.5, 0.5}, nn.SpectralUpdate: {0, 0.5}},
		lora.LoKrMethod:           {nn.LinearUpdate: {0, 0}, nn.SignUpdate: {0, 0}, nn.SpectralUpdate: {0, 0}},
		lora.VeRAMethod:           {nn.LinearUpdate: {0, 0}, nn.SignUpdate: {0, 0}, nn.SpectralUpdate: {0, 0}},
		lora.HiRAMethod:           {nn.LinearUpdate: {0.5, 0.5}, nn.SignUpdate: {1, 1}, nn.SpectralUpdate: {0, 0.5}},
		lora.OLoRAMethod:          {nn.LinearUpdate: {0.75, 0.75}, nn.SignUpdate: {0.5, 0.5}},
		lora.PiSSAMethod:          {nn.LinearUpdate: {0.5, 0.5}, nn.SignUpdate: {0, 0}},
	} {
		for u, p := range want {
			low, high := theory.StableP(method, u, lora.Scheme{P: 1}, -0.5)
			if low != p[0] || high != p[1] {
				t.Errorf("%s, update %d: %g to %g, want %v", method, u, low, high, p)
			}
			laws, own := theory.LawsOf(method)
			m, _ := lora.MethodNamed(method)
			if !own || u == nn.SpectralUpdate || !m.Traits().Has(lora.Multiplied) {
				continue
			}
			if power, ok := laws.LossDrop.Exponent(u, lora.Scheme{P: low}); ok && math.Abs(power) > 1e-12 {
				t.Errorf("%s, update %d: with p = %g the power is %g", method, u, low, power)
			}
		}
	}
}
