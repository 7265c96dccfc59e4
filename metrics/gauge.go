package metrics

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/lora"
	"ranksweep/nn"
	"ranksweep/nn/kernel"
)

// Gauge measures the adapters of one run. It owns the memory for the measurements.
type Gauge struct {
	set   *lora.Set
	grads []grads   // the gradients of each map
	own   []squares // of each map's gradients
	worth int       // how many maps' gradients are worth handing to another core
	delta []float32 // (out, in) of the largest map
	a0    []float32 // of the size of the largest array of role A
	left  []float32 // vectors of power iteration, as wide as the widest map
	right []float32
}

// grads holds the gradient accumulators of one map by role; a role that the method does not train
// has none.
type grads [nn.NumRoles][][]float32

func gradsOf(params []nn.Param) (g grads) {
	for _, q := range params {
		g[q.Role] = append(g[q.Role], q.Grad)
	}
	return g
}

// NewGauge prepares to measure set. Its buffers come from the arena.
func NewGauge(arena *nn.Arena, set *lora.Set) *Gauge {
	var delta, a0, wide, entries int
	var all []grads
	for _, t := range set.Trainables {
		params, l := t.Params(), t.Frozen()
		all = append(all, gradsOf(params))
		delta = max(delta, l.Out()*l.In())
		wide = max(wide, l.Out(), l.In())
		for _, q := range params {
			entries += q.Rows * q.Cols
			if q.Role == nn.RoleA {
				a0 = max(a0, q.Rows*q.Cols)
			}
		}
	}
	return &Gauge{
		set: set, grads: all, own: make([]squares, len(all)), worth: 1 + len(all)*leastShared/(1+entries),
		delta: arena.Floats(delta), a0: arena.Floats(a0),
		left: arena.Floats(wide), right: arena.Floats(wide),
	}
}

// Gradients measures the accumulated gradients. Values of all maps together go into run and,
// if modules is not nil, values of each map into its element.
func (g *Gauge) Gradients(run *Values, modules []Values) {
	kernel.Share((*gradients)(g), len(g.grads), g.worth)
	var all squares
	for i, own := range g.own {
		if modules != nil {
			own.measure(&modules[i])
		}
		all.join(own)
	}
	all.measure(run)
}

// leastShared is the number of entries of gradients that are worth handing to another core.
const leastShared = 1 << 16

// gradients is a gauge as a task, whose items are the gradients of each map.
type gradients Gauge

// Do sums the squares of some maps' gradients.
func (g *gradients) Do(from, to int) {
	for i := from; i < to; i++ {
		g.own[i] = squares{}
		for role, arrays := range g.grads[i] {
			for _, grad := range arrays {
				g.own[i][role].Add(grad)
			}
		}
	}
}

// squares holds the sums of squares of the gradients of each role.
type squares [nn.NumRoles]nn.Squares

func (s *squares) join(o squares) {
	for role, seen := range o {
		s[role].Join(seen)
	}
}

func (s squares) measure(v *Values) {
	var all nn.Squares
	for i, own := range s {
		role := nn.Role(i)
		if q, ok := gradNorms[role]; ok && own.Count > 0 {
			v[q] = own.Norm()
		}
		if q, ok := gradRMSs[role]; ok && own.Count > 0 {
			v[q] = own.RMS()
		}
		if role != gradApart {
			all.Join(own)
		}
	}
	v[GradNorm], v[GradRMS] = all.Norm(), all.RMS()
}

// Ranks measures what is left of the ranks of a method that cuts them. Of other methods it measures nothing.
func (g *Gauge) Ranks(run *Values, modules []Values) {
	sum := 0
	for i := range g.set.Trainables {
		left, cuts := g.set.Left(i)
		if !cuts {
			return
		}
		sum += left
		if modules != nil {
			modules[i][RankLeft] = float64(left)
		}
	}
	run[RankLeft] = float64(sum) / float64(len(g.set.Trainables))
}

// Drop returns by how much the first update lowered the loss of its batch, to first order. It
// must be called right after the update, while the gradients are still those of the onset.
func (g *Gauge) Drop() float64 {
	var sum float64
	for _, t := range g.set.Trainables {
		sum += t.Drop()
	}
	return sum
}

// Probe measures the change that training has added to the maps, and the effect of the change
// on fixed batches. Values of all maps together go into run and, if modules is not nil, values
// of each map into its element. The gradient is that of the mean loss over all batches; no
// gradients are accumulated.
func (g *Gauge) Probe(pass *nn.Pass, batches []nn.Batch, run *Values, modules []Values) error {
	scored := 0
	for i := range batches {
		scored += batches[i].Scored()
	}
	g.set.SetMode(lora.Probe)
	defer g.set.SetMode(lora.Train)
	for i := range batches {
		if _, err := pass.Gradient(&batches[i], 1/float32(scored)); err != nil {
			return err
		}
	}
	var total size
	for i, t := range g.set.Trainables {
		s := g.size(t)
		if modules != nil {
			s.measure(&modules[i])
		}
		total.join(s)
	}
	total.measure(run)
	return nil
}

// size holds the measurements of a probe on one map, or on several together.
type size struct {
	output, input nn.Squares
	whole         nn.Squares // the adapted map's output
	delta         nn.Squares
	moved, start  nn.Squares // A − A₀ and A₀
	stableRank    float64    // sum over the maps that have a stable rank
	ranked        int        // number of these maps
}

func (g *Gauge) size(t lora.Trainable) size {
	probed := t.Probed()
	s := size{output: probed.Output, whole: probed.Map, input: probed.InputDX}
	out, in := t.Frozen().Out(), t.Frozen().In()
	delta := blas32.General{Rows: out, Cols: in, Stride: in, Data: g.delta[:out*in]}
	t.Delta(delta)
	s.delta.Add(delta.Data)
	if top := g.spectral(delta); top > 0 {
		s.stableRank, s.ranked = s.delta.Sum/top, 1
	}
	s.moved, s.start = t.Moved(g.a0)
	return s
}

func (s *size) join(o size) {
	s.output.Join(o.output)
	s.input.Join(o.input)
	s.whole.Join(o.whole)
	s.delta.Join(o.delta)
	s.moved.Join(o.moved)
	s.start.Join(o.start)
	s.stableRank += o.stableRank
	s.ranked += o.ranked
}

func (s *size) measure(v *Values) {
	v[AdapterOutput], v[InputGradient], v[MapOutput] = s.output.RMS(), s.input.RMS(), s.whole.RMS()
	v[DeltaW] = s.delta.Norm()
	if s.start.Sum > 0 {
		v[MovementA] = s.moved.Norm() / s.start.Norm()
	}
	if s.ranked > 0 {
		v[StableRank] = s.stableRank / float64(s.ranked)
	}
}

// spectral returns ‖M‖₂². It iterates MᵀM from M's longest row until a round changes the
// result by less than one part in 10⁴. It is exact for an M of rank one, and 0 for a zero M.
func (g *Gauge) spectral(m blas32.General) float64 {
	v := blas32.Vector{N: m.Cols, Inc: 1, Data: g.right[:m.Cols]}
	u := blas32.Vector{N: m.Rows, Inc: 1, Data: g.left[:m.Rows]}
	longest, length := 0, float32(0)
	for i := range m.Rows {
		row := blas32.Vector{N: m.Cols, Inc: 1, Data: m.Data[i*m.Stride:][:m.Cols]}
		if n := blas32.Nrm2(row); n > length {
			longest, length = i, n
		}
	}
	if length == 0 {
		return 0
	}
	copy(v.Data, m.Data[longest*m.Stride:][:m.Cols])
	blas32.Scal(1/length, v)
	const rounds, least = 200, 8 // the first rounds may miss a longer direction
	var top float64
	for round := range rounds {
		blas32.Gemv(blas.NoTrans, 1, m, v, 0, u)
		blas32.Gemv(blas.Trans, 1, m, u, 0, v)
		next := float64(blas32.Nrm2(v))
		if !(next > 0) || round >= least && math.Abs(next-top) < 1e-4*next {
			return next
		}
		top = next
		blas32.Scal(float32(1/next), v)
	}
	return top
}
