package sweep

import (
	"testing"

	"ranksweep/nn"
)

func TestNumericsAreOfAnArchitecture(t *testing.T) {
	for activation, want := range map[nn.Activation]int{nn.SiLU: 3, nn.ReLU: 3, nn.GELU: 4, nn.GELUTanh: 4} {
		if got := Numerics(nn.Config{Variant: nn.Variant{Activation: activation}}); got != want {
			t.Errorf("%q: version %d, want %d", activation, got, want)
		}
	}
}
