package lora

import (
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
)

// full is full fine-tuning: it trains a copy of the weights of every targeted map.
// Adapters are compared with it.
type full struct{}

func (full) Traits() Traits { return 0 }

func (full) Roles() []nn.Role { return []nn.Role{nn.RoleWeight} }

func (full) BeyondTheory() string { return "has no rank" }

func (full) Attach(arena *nn.Arena, m *nn.Model, c Config, _ uint64) (*Set, error) {
	targets, err := Targets(m, c.Targets)
	if err != nil {
		return nil, err
	}
	s := new(Set)
	shared := newChange(arena, targets)
	for _, l := range targets {
		if l.BF16() {
			return nil, fmt.Errorf("lora: %s has weights in bfloat16: method full trains them in float32, "+
				"which takes a model in float32", l.Name)
		}
		s.Trainables = append(s.Trainables, newFullMap(arena, l, shared))
	}
	return s, nil
}

// Flops counts the product that gives the gradient of the weights.
func (full) Flops(_ Config, l *nn.Linear, tokens float64, _ bool) float64 {
	return 2 * tokens * float64(l.Out()) * float64(l.In())
}

// fullMap trains a copy W of a frozen map's weights W₀.
type fullMap struct {
	*nn.FullMap
	base    *nn.Linear
	grad    []float32 // (out, in)
	probing bool
	seen    Probed
	shared  *change
}

func newFullMap(arena *nn.Arena, l *nn.Linear, shared *change) *fullMap {
	own := &nn.Linear{Name: l.Name, Part: l.Part, Weight: arena.Matrix(l.Out(), l.In()), Bias: l.Bias}
	if !arena.Counting {
		l.Values(own.Weight.Data)
	}
	m := &fullMap{FullMap: nn.NewFullMap(arena, own), base: l, shared: shared}
	m.grad = m.Params()[0].Grad
	return m
}

// Frozen returns the linear map whose place this one takes.
func (m *fullMap) Frozen() *nn.Linear { return m.base }

// Updated has nothing to do: the optimizer writes to W itself.
func (m *fullMap) Updated() {}

// Stream returns nil: there is no dropout.
func (m *fullMap) Stream() *rand.PCG { return nil }

// SetMode chooses what the next passes do. Eval is the same as Train, since there is no
// dropout.
func (m *fullMap) SetMode(mode Mode) {
	if m.probing = mode == Probe; m.probing {
		m.seen = Probed{}
	}
}

// Probed returns what was measured of W − W₀ since the map entered Probe.
func (m *fullMap) Probed() Probed { return m.seen }

// Delta computes W − W₀ into dst, (out, in).
func (m *fullMap) Delta(dst blas32.General) {
	m.base.Values(dst.Data)
	for i, w := range m.Weight.Data {
		dst.Data[i] = w - dst.Data[i]
	}
}

// Drop is Drop of [Trainable]: −⟨dW, W − W₀⟩.
func (m *fullMap) Drop() float64 { return -nn.Dot(m.grad, m.shared.of(m).Data) }

// Moved measures nothing: there is no A.
func (m *fullMap) Moved([]float32) (moved, start nn.Squares) { return moved, start }

// Trained returns false: there is no adapter.
func (m *fullMap) Trained() (Trained, bool) { return Trained{}, false }

// Forward computes y = x Wᵀ + b and, in a probe, measures x (W − W₀)ᵀ.
func (m *fullMap) Forward(y, x blas32.General) {
	m.FullMap.Forward(y, x)
	if m.probing {
		m.shared.measure(m, &m.seen.Output, blas32.General{}, x, blas.Trans)
		m.seen.Map.Add(rows(y, 0, x.Rows).Data)
	}
}

// Backward is that of [nn.FullMap]. In a probe it computes no gradient of W, and measures
// dy (W − W₀).
func (m *fullMap) Backward(dx, dy, x blas32.General) {
	if !m.probing {
		m.FullMap.Backward(dx, dy, x)
		return
	}
	if dx.Rows > 0 {
		m.FullMap.Linear.Backward(dx, dy)
	}
	m.shared.measure(m, &m.seen.InputDX, blas32.General{}, dy, blas.NoTrans)
}
