package lora

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
)

// adaDeviation is the standard deviation of first entries of AdaLoRA's A and B.
const adaDeviation = 0.02

// adaMap computes y = x (W + γ B diag(E) A)ᵀ + b by an adapter whose A is diag(E) A.
type adaMap struct {
	*Adapter
	a, e, b  judged
	outdated bool // A, E or what is left of E changed since diag(E) A was computed

	kept   []float32 // (r) 1 for each singular value that the last allocation kept, 0 for the others
	score  []float32 // (r) of each singular value, in an allocation
	gammas []float32 // γ by the number of values that are kept; nil if γ is that of the first rank
}

// adaScratch is memory that the maps of a run share and use in turn.
type adaScratch struct {
	*scratch
	dA []float32 // (r, widest input), the gradient of diag(E) A
}

func newAdaScratch(arena *nn.Arena, c Config, targets []*nn.Linear) *adaScratch {
	widest := 0
	for _, l := range targets {
		widest = max(widest, l.In())
	}
	return &adaScratch{newScratch(arena, c, targets), arena.Floats(c.Rank * widest)}
}

func newAdaMap(arena *nn.Arena, l *nn.Linear, c Config, seed uint64, shared *adaScratch) *adaMap {
	c.fixedA = true // the gradient of its A has its memory in shared
	m := &adaMap{Adapter: newAdapter(arena, l, c, seed, shared.scratch), outdated: true}
	m.dA = shaped(shared.dA, c.Rank, l.In())
	m.a = newJudged(arena, newArray(arena, l, ".lora_A", nn.RoleA, c.Rank, l.In()))
	m.e = newJudged(arena, newArray(arena, l, ".lora_E", nn.RoleB, 1, c.Rank))
	m.b = newJudged(arena, array{nn.Param{
		Name: l.Name + ".lora_B", Module: l.Name, Role: nn.RoleA, Rows: l.Out(), Cols: c.Rank,
		Value: m.B.Data, Grad: m.dB.Data, Decay: true,
	}})
	m.kept, m.score = arena.Floats(c.Rank), arena.Floats(c.Rank)
	for k := range m.kept {
		m.kept[k] = 1
	}
	m.gammas = c.Budget.gammas(arena, c.Rank)
	if !arena.Counting {
		m.drawA(m.a.Value)
		m.drawB(m.b.Value)
	}
	return m
}

// drawA draws the first A, row by row, so that a smaller rank has the first rows of a larger one.
func (m *adaMap) drawA(dst []float32) {
	rng := m.init.stream(m.Rank(), m.seed, m.Base.Name, "AdaLoRA's A")
	for j := range dst {
		dst[j] = adaEntry(rng)
	}
}

// drawB draws the first B, column by column.
func (m *adaMap) drawB(dst []float32) {
	rng := m.init.stream(m.Rank(), m.seed, m.Base.Name, "AdaLoRA's B")
	for k := range m.Rank() {
		for i := range m.Base.Out() {
			dst[i*m.Rank()+k] = adaEntry(rng)
		}
	}
}

func adaEntry(rng *rand.Rand) float32 { return float32(adaDeviation * rng.NormFloat64()) }

// Params returns A, E and B.
func (m *adaMap) Params() []nn.Param { return []nn.Param{m.a.Param, m.e.Param, m.b.Param} }

// Updated tells the map that its parameters, or what is kept of E, have changed.
func (m *adaMap) Updated() {
	m.Adapter.Updated()
	m.outdated = true
}

// refresh computes diag(E) A, and γ if it follows the rank that is left.
func (m *adaMap) refresh() {
	if !m.outdated {
		return
	}
	a := m.a.value()
	for k, e := range m.e.Value {
		from, to := row(a, k), row(m.A, k)
		for j, v := range from {
			to[j] = e * v
		}
	}
	if m.gammas != nil {
		m.gamma = m.gammas[m.left()]
	}
	m.outdated = false
}

// left returns how many singular values the last allocation kept.
func (m *adaMap) left() (n int) {
	for _, kept := range m.kept {
		n += int(kept)
	}
	return n
}

// Forward computes the adapted map.
func (m *adaMap) Forward(y, x blas32.General) {
	m.refresh()
	m.Adapter.Forward(y, x)
}

// Backward computes what the adapter's does, of which B's gradient is this one's, and from the gradient
// D of diag(E) A
//
//	dE_k += Σ_j D_kj A_kj,  dA += diag(E) D.
func (m *adaMap) Backward(dx, dy, x blas32.General) {
	clear(m.dA.Data)
	m.Adapter.Backward(dx, dy, x)
	if m.active == nn.Map(m.probe) {
		return
	}
	a, da := m.a.value(), m.a.grad()
	for k, e := range m.e.Value {
		d, to := row(m.dA, k), row(da, k)
		m.e.Grad[k] += float32(nn.Dot(d, row(a, k)))
		for j, v := range d {
			to[j] += float32(e * v)
		}
	}
}

// Drop is Drop of [Trainable]. Before the first update E is zero, so that the gradients of A and B are
// zero and it is of E alone. What the penalty adds to gradients lowers no loss.
func (m *adaMap) Drop() float64 { return -nn.Dot(m.e.Grad, m.e.Value) }

// Delta computes γ B diag(E) A into dst, (out, in).
func (m *adaMap) Delta(dst blas32.General) {
	m.refresh()
	m.Adapter.Delta(dst)
}

// Trained returns the adapter with diag(E) A in the place of A.
func (m *adaMap) Trained() (Trained, bool) {
	m.refresh()
	return m.trained(), true
}

// Moved measures how far A and B have moved together, and where they began.
func (m *adaMap) Moved(scratch []float32) (moved, start nn.Squares) {
	measure := func(now []float32, draw func([]float32)) {
		scratch := scratch[:len(now)]
		draw(scratch)
		start.Add(scratch)
		for i, v := range now {
			scratch[i] = v - scratch[i]
		}
		moved.Add(scratch)
	}
	measure(m.a.Value, m.drawA)
	measure(m.b.Value, m.drawB)
	return moved, start
}
