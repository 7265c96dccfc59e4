package local

import (
	"testing"

	"ranksweep/experiments"
	"ranksweep/nn"
)

func TestNumericsAreOfAnArchitecture(t *testing.T) {
	for v, want := range map[nn.Variant]int{
		{}: 3, {Activation: nn.ReLU}: 3, {Activation: nn.GELU}: 4, {Activation: nn.GELUTanh}: 4,
		{Activation: nn.GELUTanh, ScoreCap: 50}: 5, {LogitCap: 30}: 5,
	} {
		if got := Numerics(nn.Config{Variant: v}, experiments.Float32Precision); got != want {
			t.Errorf("%+v: version %d, want %d", v, got, want)
		}
		if got := Numerics(nn.Config{Variant: v}, experiments.BF16Precision); got != 6 {
			t.Errorf("%+v in bfloat16: version %d, want 6", v, got)
		}
	}
}
