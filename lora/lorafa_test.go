package lora

import (
	"slices"
	"testing"

	"ranksweep/nn"
	"ranksweep/nn/nntest"
)

// TestLoRAFAIsLoRAWithoutA: in both forms, and with dropout, outputs and the gradient of B are those
// of LoRA to the bit. A does not train.
func TestLoRAFAIsLoRAWithoutA(t *testing.T) {
	m, b := nntest.Model(t), testBatch()
	for _, rank := range []int{2, 40} {
		for _, dropout := range []float64{0, 0.3} {
			c := testConfig(rank)
			c.Dropout = dropout
			gradients := func(method Method) (float64, []nn.Param) {
				s, err := method.Attach(new(nn.Arena), m, c, 7)
				check(t, err)
				for _, a := range s.Adapters {
					for i := range a.B.Data {
						a.B.Data[i] = float32(i%5) / 10
					}
				}
				s.Updated()
				p, err := nn.NewPass(m, tokens, s.Maps())
				check(t, err)
				loss, err := p.Gradient(b, 1)
				check(t, err)
				for _, a := range s.Trainables {
					moved, start := a.Moved(make([]float32, 1000))
					if _, fixed := method.(loRAFA); fixed && (moved != nn.Squares{} || start != nn.Squares{}) {
						t.Error("A moves")
					}
				}
				return loss, p.Params()
			}
			loss, params := gradients(loRAFA{})
			want, all := gradients(lowRank{})
			all = slices.DeleteFunc(all, func(p nn.Param) bool { return p.Role == nn.RoleA })
			if loss != want || len(params) != len(all) {
				t.Fatalf("rank %d: loss %g with %d arrays, want %g with %d", rank, loss, len(params), want, len(all))
			}
			for i, p := range params {
				if p.Name != all[i].Name || !slices.Equal(p.Grad, all[i].Grad) {
					t.Errorf("rank %d: %s has another gradient than %s", rank, p.Name, all[i].Name)
				}
			}
		}
	}
}
