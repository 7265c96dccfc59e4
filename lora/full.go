package lora

import (
	"fmt"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
)

// full is full fine-tuning: the weights of every targeted map are trained
// themselves, in a copy. It is what adapters are held against.
type full struct{}

func (full) Ranked() bool { return false }

func (full) Attach(arena *nn.Arena, m *nn.Model, c Config, _ uint64) (*Set, error) {
	targets, err := Targets(m, c.Targets)
	if err != nil {
		return nil, err
	}
	s := new(Set)
	shared := newFullScratch(arena, targets)
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
	shared  *fullScratch
}

// fullScratch is memory that a run's maps use in turn.
type fullScratch struct {
	delta []float32 // (out, in) of the largest map
	wide  []float32 // (probeBlock, widest input or output)
}

func newFullScratch(arena *nn.Arena, targets []*nn.Linear) *fullScratch {
	largest, widest := 0, 0
	for _, l := range targets {
		largest, widest = max(largest, l.Out()*l.In()), max(widest, l.Out(), l.In())
	}
	return &fullScratch{delta: arena.Floats(largest), wide: arena.Floats(probeBlock * widest)}
}

func newFullMap(arena *nn.Arena, l *nn.Linear, shared *fullScratch) *fullMap {
	own := &nn.Linear{Name: l.Name, Part: l.Part, Weight: arena.Matrix(l.Out(), l.In()), Bias: l.Bias}
	if !arena.Counting {
		l.Values(own.Weight.Data)
	}
	m := &fullMap{FullMap: nn.NewFullMap(arena, own), base: l, shared: shared}
	m.grad = m.Params()[0].Grad
	return m
}

// Frozen is the map that it takes the place of.
func (m *fullMap) Frozen() *nn.Linear { return m.base }

// Updated has nothing to do: W is what the optimizer writes to.
func (m *fullMap) Updated() {}

// SetMode chooses what the next passes do; without dropout, Eval is Train.
func (m *fullMap) SetMode(mode Mode) {
	if m.probing = mode == Probe; m.probing {
		m.seen = Probed{}
	}
}

// Probed is what W − W₀ was seen to do since the map entered Probe.
func (m *fullMap) Probed() Probed { return m.seen }

// Delta computes W − W₀ into dst, (out, in).
func (m *fullMap) Delta(dst blas32.General) {
	m.base.Values(dst.Data)
	for i, w := range m.Weight.Data {
		dst.Data[i] = w - dst.Data[i]
	}
}

// Drop is that of [Trainable]: −⟨dW, W − W₀⟩.
func (m *fullMap) Drop() float64 { return -nn.Dot(m.grad, m.change().Data) }

// Moved measures nothing: there is no A.
func (m *fullMap) Moved([]float32) (moved, start nn.Squares) { return moved, start }

// Forward computes y = x Wᵀ + b and, in a probe, measures x (W − W₀)ᵀ.
func (m *fullMap) Forward(y, x blas32.General) {
	m.FullMap.Forward(y, x)
	if m.probing {
		m.measure(&m.seen.Output, x, blas.Trans, m.base.Out())
		m.seen.Map.Add(rows(y, 0, x.Rows).Data)
	}
}

// Backward is that of [nn.FullMap]; in a probe it trains nothing and measures
// dy (W − W₀).
func (m *fullMap) Backward(dx, dy, x blas32.General) {
	if !m.probing {
		m.FullMap.Backward(dx, dy, x)
		return
	}
	if dx.Rows > 0 {
		m.FullMap.Linear.Backward(dx, dy)
	}
	m.measure(&m.seen.InputDX, dy, blas.NoTrans, m.base.In())
}

// measure adds the entries of x times W − W₀, or its transpose, to seen, a block
// of rows at a time.
func (m *fullMap) measure(seen *nn.Squares, x blas32.General, t blas.Transpose, cols int) {
	change := m.change()
	for at := 0; at < x.Rows; at += probeBlock {
		n := min(probeBlock, x.Rows-at)
		z := blas32.General{Rows: n, Cols: cols, Stride: cols, Data: m.shared.wide[:n*cols]}
		blas32.Gemm(blas.NoTrans, t, 1, rows(x, at, n), change, 0, z)
		seen.Add(z.Data)
	}
}

// change is W − W₀, in memory that the next map will use.
func (m *fullMap) change() blas32.General {
	out, in := m.base.Out(), m.base.In()
	d := blas32.General{Rows: out, Cols: in, Stride: in, Data: m.shared.delta[:out*in]}
	m.Delta(d)
	return d
}
