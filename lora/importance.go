package lora

import (
	"math"

	"ranksweep/nn"
)

// judged is an array that tells how much each of its entries matters to the loss, by the paper's two running
// means over steps: the sensitivity s = |value × gradient|, which is by how much the loss would change without
// the entry, to first order; and the uncertainty, which is how far s is from its mean,
//
//	mean ← β₁ mean + (1−β₁) s,  spread ← β₂ spread + (1−β₂) |s − mean|.
//
// The entry's score is mean × spread.
type judged struct {
	array
	mean, spread []float32
}

func newJudged(arena *nn.Arena, a array) judged {
	return judged{a, arena.Floats(a.Rows * a.Cols), arena.Floats(a.Rows * a.Cols)}
}

// observe moves the means on by the value after an update, and the gradient that the update was made by.
func (a *judged) observe(beta1, beta2 float64) {
	b1, rest1 := float32(beta1), float32(1-beta1)
	b2, rest2 := float32(beta2), float32(1-beta2)
	for j, v := range a.Value {
		s := abs(v * a.Grad[j])
		a.mean[j] = float32(b1*a.mean[j]) + float32(rest1*s)
		a.spread[j] = float32(b2*a.spread[j]) + float32(rest2*abs(s-a.mean[j]))
	}
}

// tensors returns both means, for checkpoints.
func (a *judged) tensors() []nn.Tensor {
	shape := []int{a.Rows, a.Cols}
	return []nn.Tensor{
		{Name: "sensitivity." + a.Name, Shape: shape, Data: a.mean},
		{Name: "uncertainty." + a.Name, Shape: shape, Data: a.spread},
	}
}

// meanScore returns the mean score of so many entries, from the first on at the distance of a step.
func (a *judged) meanScore(first, step, entries int) float32 {
	var sum float64
	for n := range entries {
		j := first + n*step
		sum += float64(a.mean[j] * a.spread[j])
	}
	return float32(sum / float64(entries))
}

func abs(x float32) float32 { return float32(math.Abs(float64(x))) }

// scores computes the score of every singular value: that of its entry in E, and the means over its row
// of A and its column of B.
func (m *adaMap) scores() {
	rank, in, out := m.Rank(), m.Base.In(), m.Base.Out()
	for k := range m.score {
		m.score[k] = m.e.meanScore(k, 1, 1) + (m.a.meanScore(k*in, 1, in) + m.b.meanScore(k, rank, out))
	}
}
