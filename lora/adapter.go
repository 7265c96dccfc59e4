package lora

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
)

// Adapter is the low-rank update γBA of one frozen linear map. It takes the place of
// the map in an [nn.Pass].
type Adapter struct {
	Base *nn.Linear
	A    blas32.General // (r, in)
	B    blas32.General // (out, r)

	dA, dB blas32.General // accumulators, as A and B; dA has no rows if A does not train
	gamma  float32        // γ_r
	stale  bool           // A or B changed since W + γBA was formed
	init   Init
	seed   uint64

	train, eval nn.Map // the forms of the adapted map in training and in evaluation
	probe       *probe
	active      nn.Map
}

// Rank returns r.
func (a *Adapter) Rank() int { return a.A.Rows }

// Gamma returns the multiplier γ_r.
func (a *Adapter) Gamma() float64 { return float64(a.gamma) }

// Forward computes the adapted map; x is (N, in), y is (N, out).
func (a *Adapter) Forward(y, x blas32.General) { a.active.Forward(y, x) }

// Backward computes gradients, as [nn.Map] says.
func (a *Adapter) Backward(dx, dy, x blas32.General) { a.active.Backward(dx, dy, x) }

// Params returns A, unless it does not train, and B.
func (a *Adapter) Params() []nn.Param {
	param := func(name string, role nn.Role, v, d blas32.General) nn.Param {
		return nn.Param{
			Name: a.Base.Name + name, Module: a.Base.Name, Role: role,
			Rows: v.Rows, Cols: v.Cols, Value: v.Data, Grad: d.Data, Decay: true, Gamma: a.Gamma(),
		}
	}
	b := param(".lora_B.weight", nn.RoleB, a.B, a.dB)
	if a.fixedA() {
		b.Fixed = &a.A
		return []nn.Param{b}
	}
	return []nn.Param{param(".lora_A.weight", nn.RoleA, a.A, a.dA), b}
}

// fixedA reports whether A does not train.
func (a *Adapter) fixedA() bool { return a.dA.Rows == 0 }

// Frozen returns the linear map whose place the adapter takes.
func (a *Adapter) Frozen() *nn.Linear { return a.Base }

// Updated tells the adapter that an optimizer has changed A or B.
func (a *Adapter) Updated() { a.stale = true }

// Stream returns the random stream of dropout; nil without dropout.
func (a *Adapter) Stream() *rand.PCG {
	if f, ok := a.train.(*factored); ok && f.dropout != nil {
		return f.dropout.from
	}
	return nil
}

// SetMode chooses what the next passes do, see [Trainable].
func (a *Adapter) SetMode(m Mode) {
	switch m {
	case Train:
		a.active = a.train
	case Eval:
		a.active = a.eval
	case Probe:
		a.active = a.probe
		a.probe.seen = Probed{}
	}
}

// Probed returns what was measured of the adapter since it entered Probe.
func (a *Adapter) Probed() Probed { return a.probe.seen }

// Drop is Drop of [Trainable]: minus the inner product of B's gradient and B. B was zero
// before the update, so it is also the change of B; A's gradient is zero for the same
// reason. If A starts at zero, A and B change places.
func (a *Adapter) Drop() float64 {
	if a.ZeroA() {
		return -nn.Dot(a.dA.Data, a.A.Data)
	}
	return -nn.Dot(a.dB.Data, a.B.Data)
}

// Moved measures A − A₀ and A₀; A₀ is A before training.
func (a *Adapter) Moved(scratch []float32) (moved, start nn.Squares) {
	if a.fixedA() {
		return moved, start
	}
	scratch = scratch[:len(a.A.Data)]
	a.InitialA(scratch)
	start.Add(scratch)
	for i, v := range a.A.Data {
		scratch[i] = v - scratch[i]
	}
	moved.Add(scratch)
	return moved, start
}

// Delta computes γBA into dst, (out, in).
func (a *Adapter) Delta(dst blas32.General) {
	clear(dst.Data)
	a.trained().addDelta(dst)
}

// Trained returns the adapter without its buffers for training.
func (a *Adapter) Trained() (Trained, bool) { return a.trained(), true }

// sum returns W + γBA, (out, in): the merged form's own matrix if there is one, or else
// computed into dst.
func (a *Adapter) sum(dst blas32.General) blas32.General {
	switch f := a.train.(type) {
	case *merged:
		f.refresh()
		return f.weight.Weight
	case *beside:
		return f.whole(dst)
	}
	a.addUp(dst)
	return dst
}

// addUp computes W + γBA into dst, (out, in).
func (a *Adapter) addUp(dst blas32.General) {
	a.Base.Values(dst.Data)
	a.trained().addDelta(dst)
}

// ZeroA reports whether A started at zero, instead of B.
func (a *Adapter) ZeroA() bool { return a.init.ZeroA }

// InitialA draws A₀, with which training began, into dst, (r, in).
func (a *Adapter) InitialA(dst []float32) {
	if a.init.ZeroA {
		clear(dst)
		return
	}
	a.init.fill(dst, a.Rank(), a.Base.In(), a.seed, a.Base.Name)
}

// draw draws A or, if A starts at zero, B.
func (a *Adapter) draw() {
	if !a.ZeroA() {
		a.InitialA(a.A.Data)
		return
	}
	a.init.fillB(a.B.Data, a.Rank(), a.Base.Out(), a.seed, a.Base.Name)
}

func (a *Adapter) trained() Trained {
	return Trained{Module: a.Base.Name, A: a.A, B: a.B, Gamma: a.Gamma()}
}
