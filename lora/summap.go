package lora

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
)

// sumMap computes y = x W′ᵀ + b with W′ = W + D. It makes W′ anew after each update.
type sumMap struct {
	addend
	base    *nn.Linear
	weight  *nn.Linear  // W′
	start   [][]float32 // the parameters before training
	stale   bool        // a parameter changed since W′ was made
	probing bool
	seen    Probed
	shared  *workspace
}

func newSumMap(arena *nn.Arena, l *nn.Linear, d addend, shared *workspace) *sumMap {
	m := &sumMap{
		addend: d, base: l, shared: shared, stale: true,
		weight: &nn.Linear{Name: l.Name, Weight: arena.Matrix(l.Out(), l.In()), Bias: l.Bias},
	}
	for _, p := range d.params() {
		first := arena.Floats(p.Rows * p.Cols)
		copy(first, p.Value)
		m.start = append(m.start, first)
	}
	return m
}

// Params returns the parameters of D.
func (m *sumMap) Params() []nn.Param { return m.params() }

// Frozen returns the linear map whose place this one takes.
func (m *sumMap) Frozen() *nn.Linear { return m.base }

// Updated tells the map that an optimizer has changed its parameters.
func (m *sumMap) Updated() { m.stale = true }

// Stream returns nil: there is no dropout.
func (m *sumMap) Stream() *rand.PCG { return nil }

// SetMode chooses what the next passes do. Eval is the same as Train, since there is no dropout.
func (m *sumMap) SetMode(mode Mode) {
	if m.probing = mode == Probe; m.probing {
		m.seen = Probed{}
	}
}

// Probed returns what was measured of D since the map entered Probe.
func (m *sumMap) Probed() Probed { return m.seen }

// Delta computes D into dst, (out, in).
func (m *sumMap) Delta(dst blas32.General) {
	clear(dst.Data)
	m.add(dst)
}

// Drop is Drop of [Trainable].
func (m *sumMap) Drop() (drop float64) {
	for i, p := range m.params() {
		for j, g := range p.Grad {
			drop -= float64(g) * (float64(p.Value[j]) - float64(m.start[i][j]))
		}
	}
	return drop
}

// Moved measures how far the arrays of role A have moved, and where they began.
func (m *sumMap) Moved(scratch []float32) (moved, start nn.Squares) {
	for i, p := range m.params() {
		if p.Role != nn.RoleA {
			continue
		}
		scratch := scratch[:len(p.Value)]
		for j, v := range p.Value {
			scratch[j] = v - m.start[i][j]
		}
		moved.Add(scratch)
		start.Add(m.start[i])
	}
	return moved, start
}

// Trained returns D as an adapter, or false if D is no product of low rank.
func (m *sumMap) Trained() (Trained, bool) {
	if d, ok := m.addend.(*shifted); ok {
		return d.trained(), true
	}
	return Trained{}, false
}

// Forward computes y = x W′ᵀ + b and, in a probe, measures x Dᵀ.
func (m *sumMap) Forward(y, x blas32.General) {
	if m.stale {
		m.base.Values(m.weight.Weight.Data)
		m.add(m.weight.Weight)
		m.stale = false
	}
	m.weight.Forward(y, x)
	if m.probing {
		m.shared.measure(m, &m.seen.Output, blas32.General{}, x, blas.Trans)
		m.seen.Map.Add(rows(y, 0, x.Rows).Data)
	}
}

// Backward computes dx += dy W′, dW = dyᵀ x, and from dW the gradients of the parameters. In a
// probe it measures dy D in their place.
func (m *sumMap) Backward(dx, dy, x blas32.General) {
	if dx.Rows > 0 {
		m.weight.Backward(dx, dy)
	}
	if m.probing {
		m.shared.measure(m, &m.seen.InputDX, blas32.General{}, dy, blas.NoTrans)
		return
	}
	dW := m.shared.one(m.base)
	blas32.Gemm(blas.Trans, blas.NoTrans, 1, dy, x, 0, dW)
	m.backward(dW)
}
