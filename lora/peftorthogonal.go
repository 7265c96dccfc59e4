package lora

import (
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"ranksweep/nn"
)

// peftOrthogonal is LoRA with PEFT's init_lora_weights="orthogonal". It draws both A and B, and BA is
// zero all the same, since the rows of an orthogonal r × r matrix Q take turns:
//
//	A₀ = Q_oddᵀ N/10,  B₀ = M Q_even/10
//
// N ∈ R^{r/2×in} and M ∈ R^{out×r/2} are normal, and Q_even Q_oddᵀ = 0. What rounding leaves of B₀A₀
// is taken off. It is another thing than the init orthogonal, which makes A orthogonal and B zero.
type peftOrthogonal struct{}

func (peftOrthogonal) Traits() Traits {
	return Ranked | Multiplied | Seeded | Even | HandsOut | Shifted
}

func (peftOrthogonal) Roles() []nn.Role { return []nn.Role{nn.RoleA, nn.RoleB} }

func (peftOrthogonal) BeyondTheory() string { return "" }

func (peftOrthogonal) Attach(arena *nn.Arena, m *nn.Model, c Config, seed uint64) (*Set, error) {
	if c.Rank%2 != 0 {
		return nil, fmt.Errorf("lora: rank %d: must be even, since A and B share the rows of one matrix", c.Rank)
	}
	return attachShifted(arena, m, c, func(l *nn.Linear, b, a array) error {
		draw := func(rows, cols int, purpose string) *mat.Dense {
			return normal(rows, cols, c.Init.stream(c.Rank, seed, l.Name, "PEFT's orthogonal "+purpose))
		}
		q, _ := orthonormal(draw(c.Rank, c.Rank, "Q"))
		odd, even := mat.NewDense(c.Rank/2, c.Rank, nil), mat.NewDense(c.Rank/2, c.Rank, nil)
		for i := range c.Rank / 2 {
			odd.SetRow(i, q.RawRowView(2*i))
			even.SetRow(i, q.RawRowView(2*i+1))
		}
		var first, second mat.Dense
		first.Mul(odd.T(), draw(c.Rank/2, l.In(), "A"))
		second.Mul(draw(c.Rank/2, l.Out(), "B").T(), even)
		tenth := func(int) float64 { return 0.1 }
		a.take(&first, tenth)
		b.take(&second, tenth)
		return nil
	})
}

func (peftOrthogonal) Flops(c Config, l *nn.Linear, tokens float64, _ bool) float64 {
	return shiftedFlops(c, l, tokens)
}

// normal draws a matrix row by row.
func normal(rows, cols int, rng *rand.Rand) *mat.Dense {
	m := mat.NewDense(rows, cols, nil)
	for i := range m.RawMatrix().Data {
		m.RawMatrix().Data[i] = rng.NormFloat64()
	}
	return m
}
