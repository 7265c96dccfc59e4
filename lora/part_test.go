package lora

import (
	"testing"

	"gonum.org/v1/gonum/mat"

	"ranksweep/nn"
)

// TestPartsAreRemembered: weights are taken apart once, those of another content anew, and those that have no room
// each time. ba is W to the rounding of a decomposition in float64, which 1e-10 is far above.
func TestPartsAreRemembered(t *testing.T) {
	for method, take := range partings {
		t.Run(method, func(t *testing.T) {
			times := 0
			partings[method] = func(w *mat.Dense) (part, error) {
				times++
				return take(w)
			}
			t.Cleanup(func() { partings[method] = take })
			l := &nn.Linear{Name: t.Name(), Weight: nn.NewMatrix(5, 8)}
			for i := range l.Weight.Data {
				l.Weight.Data[i] = float32(i*i%13) - 4
			}
			whole := func(want int) {
				t.Helper()
				b, a, err := PartOf(method, l)
				check(t, err)
				var got mat.Dense
				got.Mul(b, a)
				if got.Sub(&got, weights(l)); mat.Norm(&got, 2) > 1e-10 || times != want {
					t.Errorf("ba is off W by %g, after %d decompositions, want %d", mat.Norm(&got, 2), times, want)
				}
			}
			whole(1)
			whole(1)
			l.Weight.Data[7]++
			whole(2)
			memory.Lock()
			was := memory.floats
			memory.floats = rememberedFloats
			memory.Unlock()
			t.Cleanup(func() { memory.floats = was })
			l.Weight.Data[7]++
			whole(3)
			whole(4)
		})
	}
}
