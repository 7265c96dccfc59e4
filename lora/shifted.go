package lora

import (
	"fmt"

	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/mat"

	"ranksweep/nn"
)

// shifted is γ(BA − B₀A₀), where B₀ and A₀ are what B and A begin with: LoRA on W − γB₀A₀. It is
// zero at first, to the bit, since both products are computed in the same way.
type shifted struct {
	base   *nn.Linear
	now    product // BA
	begun  product // B₀A₀
	gamma  float32
	shared *workspace
}

// beginning fills in the first B and A.
type beginning func(l *nn.Linear, b, a array) error

// attachShifted makes a map for every target of c.
func attachShifted(arena *nn.Arena, m *nn.Model, c Config, begin beginning) (*Set, error) {
	return attachAddends(arena, m, c, func(l *nn.Linear, shared *workspace) (addend, error) {
		return newShifted(arena, l, c, shared, begin)
	})
}

// attachPart is attachShifted for adapters that begin with a part of W. Its rank is at most the
// smaller side of each map. factor is what the kth column of B and the kth row of A are multiplied by, of sizes_k.
func attachPart(arena *nn.Arena, m *nn.Model, c Config, method string, factor func(size float64) float64) (
	*Set, error) {
	targets, err := c.targets(m)
	if err != nil {
		return nil, err
	}
	for _, l := range targets {
		if side := min(l.Out(), l.In()); c.Rank > side {
			return nil, fmt.Errorf("lora: rank %d: must be at most %d, the smaller side of %s, with a part of whose "+
				"weights the adapter begins", c.Rank, side, l.Name)
		}
	}
	return attachShifted(arena, m, c, func(l *nn.Linear, b, a array) error {
		p, err := takenApart(method, l)
		if err != nil {
			return err
		}
		times := func(k int) float64 { return factor(p.sizes[k]) }
		b.take(p.left, times)
		a.take(p.right, times)
		return nil
	})
}

func newShifted(arena *nn.Arena, l *nn.Linear, c Config, shared *workspace, begin beginning) (*shifted, error) {
	s := &shifted{base: l, gamma: float32(c.Gamma), shared: shared, now: product{
		newArray(arena, l, ".lora_B.weight", nn.RoleB, l.Out(), c.Rank),
		newArray(arena, l, ".lora_A.weight", nn.RoleA, c.Rank, l.In()),
	}}
	if !arena.Counting {
		if err := begin(l, s.now.left, s.now.right); err != nil {
			return nil, err
		}
	}
	s.begun = s.now
	for _, p := range []*array{&s.begun.left, &s.begun.right} {
		first := p.Value
		p.Value = arena.Floats(p.Rows * p.Cols)
		copy(p.Value, first)
	}
	return s, nil
}

func (s *shifted) params() []nn.Param { return []nn.Param{s.now.right.Param, s.now.left.Param} }

func (s *shifted) add(dst blas32.General) {
	now, begun := s.shared.one(s.base), s.shared.other(s.base)
	s.now.compute(now)
	s.begun.compute(begun)
	for i, v := range now.Data {
		dst.Data[i] += s.gamma * (v - begun.Data[i])
	}
}

// backward passes γ dW, the gradient of BA, on to A and B.
func (s *shifted) backward(dW blas32.General) {
	for i := range dW.Data {
		dW.Data[i] *= s.gamma
	}
	s.now.backward(dW)
}

// trained returns γ(BA − B₀A₀) as an adapter of twice the rank on W itself: γ B′A′, where B′ has the columns of B and
// of −B₀, and A′ the rows of A and of A₀. Its arrays are copies.
func (s *shifted) trained() Trained {
	rank := s.now.right.Rows
	t := Trained{
		Module: s.base.Name, Gamma: float64(s.gamma),
		A: nn.NewMatrix(2*rank, s.base.In()), B: nn.NewMatrix(s.base.Out(), 2*rank),
	}
	copy(t.A.Data, s.now.right.Value)
	copy(t.A.Data[rank*t.A.Stride:], s.begun.right.Value)
	for i := range t.B.Rows {
		row := t.B.Data[i*t.B.Stride:]
		copy(row, s.now.left.Value[i*rank:(i+1)*rank])
		for k, v := range s.begun.left.Value[i*rank : (i+1)*rank] {
			row[rank+k] = -v
		}
	}
	return t
}

// weights returns the weights of a map in float64.
func weights(l *nn.Linear) *mat.Dense {
	values := make([]float32, l.Out()*l.In())
	l.Values(values)
	w := mat.NewDense(l.Out(), l.In(), nil)
	for i, v := range values {
		w.RawMatrix().Data[i] = float64(v)
	}
	return w
}

// take fills the array with the first rows and columns of m, times the factor of each row or column
// that belongs to the rank.
func (a array) take(m mat.Matrix, factor func(k int) float64) {
	for i := range a.Rows {
		for j := range a.Cols {
			k := j // of B, (out, r)
			if a.Role == nn.RoleA {
				k = i
			}
			a.Value[i*a.Cols+j] = float32(m.At(i, j) * factor(k))
		}
	}
}
