package nn

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func gradients(params []Param) []float32 {
	var all []float32
	for _, p := range params {
		all = append(all, p.Grad...)
	}
	return all
}

func TestGradNormIsGlobal(t *testing.T) {
	params := []Param{{Grad: []float32{2, 3}}, {}, {Grad: []float32{6}}}
	if got := GradNorm(params); got != 7 { // 2² + 3² + 6² = 7²
		t.Errorf("norm %g, want 7", got)
	}
}

func TestClipGlobalNorm(t *testing.T) {
	for _, test := range []struct{ limit, want float64 }{{0, 7}, {7, 7}, {8, 7}, {3.5, 3.5}, {1e-3, 1e-3}} {
		params := []Param{{Grad: []float32{2, 3}}, {Grad: []float32{6}}}
		if had := ClipGlobalNorm(params, test.limit); had != 7 {
			t.Errorf("limit %g: says that the norm was %g, not 7", test.limit, had)
		}
		if got := GradNorm(params); math.Abs(got-test.want) > 1e-6*test.want {
			t.Errorf("limit %g: norm %g after clipping, want %g", test.limit, got, test.want)
		}
		if g := gradients(params); math.Abs(float64(g[0]/g[2])-1.0/3) > 1e-6 {
			t.Errorf("limit %g: the gradient's direction changes to %v", test.limit, g)
		}
	}
}

// TestClippingOffLeavesBits: within the limit no bit changes, and the norm of a NaN is NaN.
func TestClippingOffLeavesBits(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 2))
	params := oddParams(rng)
	randomGradients(params, rng)
	before := gradients(params)
	ClipGlobalNorm(params, 0)
	ClipGlobalNorm(params, 1e6)
	if !slices.Equal(before, gradients(params)) {
		t.Error("gradients within the limit change")
	}
	params[0].Grad[0] = float32(math.NaN())
	if norm := ClipGlobalNorm(params, 1); norm == norm {
		t.Errorf("norm %g of gradients with a NaN", norm)
	}
}
