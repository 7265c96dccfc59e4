package lora

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
	"ranksweep/nn/nntest"
)

// attachFull returns maps whose weights have moved a little, and a pass through
// them.
func attachFull(t testing.TB, m *nn.Model) (*Set, *nn.Pass) {
	s, err := full{}.Attach(new(nn.Arena), m, Config{Targets: []string{"all-linear"}, Tokens: tokens}, 0)
	check(t, err)
	rng := rand.New(rand.NewPCG(1, 4))
	for _, a := range s.Trainables {
		for i := range a.Params()[0].Value {
			a.Params()[0].Value[i] += float32(0.05 * rng.NormFloat64())
		}
	}
	p, err := nn.NewPass(m, tokens, s.Maps())
	check(t, err)
	return s, p
}

// TestFullGradients compares the gradient of every weight matrix with difference quotients,
// within the tolerance of [TestAdapterGradients].
func TestFullGradients(t *testing.T) {
	m, b := nntest.Model(t), testBatch()
	_, p := attachFull(t, m)
	_, err := p.Gradient(b, 1)
	check(t, err)
	loss := func() float64 { sum, _ := p.Loss(b); return sum }
	for _, q := range p.Params() {
		if q.Role != nn.RoleWeight || !q.Decay || !strings.HasPrefix(q.Name, q.Module) {
			t.Errorf("%s of %s has role %d, decay %t", q.Name, q.Module, q.Role, q.Decay)
		}
		compareSteepest(t, q, loss)
	}
}

// TestFullProbe compares a probe with (W − W₀)x and (W − W₀)ᵀv.
func TestFullProbe(t *testing.T) {
	m := nntest.Model(t)
	s, _ := attachFull(t, m)
	checkProbe(t, s.Trainables)
	for _, a := range s.Trainables {
		w, delta := a.Params()[0], nn.NewMatrix(a.Frozen().Out(), a.Frozen().In())
		a.Delta(delta)
		for i, d := range delta.Data {
			if want := w.Value[i] - a.Frozen().Weight.Data[i]; d != want {
				t.Fatalf("%s: W − W₀ is %g at %d, want %g", w.Name, d, i, want)
			}
		}
	}
}

// checkProbe compares a probe of two blocks of rows with what Delta makes of them, written out, and
// checks that a probe changes neither gradients nor outputs.
func checkProbe(t *testing.T, maps Trainables) {
	t.Helper()
	const n = probeBlock + 3
	rng := rand.New(rand.NewPCG(1, 5))
	for k, a := range maps {
		base := a.Frozen()
		x, dy := nn.NewMatrix(n, base.In()), nn.NewMatrix(n, base.Out())
		nntest.Fill(x.Data, rng)
		nntest.Fill(dy.Data, rng)
		y, dx := nn.NewMatrix(n, base.Out()), nn.NewMatrix(n, base.In())
		a.SetMode(Probe)
		a.Forward(y, x)
		a.Backward(dx, dy, x)

		delta := nn.NewMatrix(base.Out(), base.In())
		a.Delta(delta)
		out, in := through(delta, x, dy)
		got := a.Probed()
		if math.Abs(got.Output.Sum/out-1) > 1e-5 || got.Output.Count != n*delta.Rows {
			t.Errorf("map %d: output %+v, want %g over %d", k, got.Output, out, n*delta.Rows)
		}
		if math.Abs(got.InputDX.Sum/in-1) > 1e-5 || got.InputDX.Count != n*delta.Cols {
			t.Errorf("map %d: input gradient %+v, want %g over %d", k, got.InputDX, in, n*delta.Cols)
		}
		for _, w := range a.Params() {
			if slices.ContainsFunc(w.Grad, func(g float32) bool { return g != 0 }) {
				t.Fatalf("a probe added to the gradient of %s", w.Name)
			}
		}
		a.SetMode(Train)
		yTrain, dxTrain := nn.NewMatrix(n, base.Out()), nn.NewMatrix(n, base.In())
		a.Forward(yTrain, x)
		a.Backward(dxTrain, dy, x)
		if !slices.Equal(y.Data, yTrain.Data) || !slices.Equal(dx.Data, dxTrain.Data) {
			t.Errorf("map %d: a probe computes another map", k)
		}
		a.SetMode(Probe)
		if a.Probed() != (Probed{}) {
			t.Errorf("map %d: a new probe remembers the last", k)
		}
	}
}

// through returns the sums of squares of x·deltaᵀ and dy·delta.
func through(delta, x, dy blas32.General) (out, in float64) {
	for i := range x.Rows {
		for o := range delta.Rows {
			out += sq(nn.Dot(row(delta, o), row(x, i)))
		}
		for j := range delta.Cols {
			var z float64
			for o := range delta.Rows {
				z += float64(delta.Data[o*delta.Cols+j]) * float64(dy.Data[i*dy.Cols+o])
			}
			in += sq(z)
		}
	}
	return out, in
}

func sq(x float64) float64 { return x * x }

// TestFullDrop: a small step against the gradient lowers the loss by Drop. The step is so
// small that the second order is a hundredth of the drop, and so large that float32 losses
// give the drop to a hundredth.
func TestFullDrop(t *testing.T) {
	m, b := nntest.Model(t), testBatch()
	s, err := full{}.Attach(new(nn.Arena), m, Config{Targets: []string{"attention"}, Tokens: tokens}, 0)
	check(t, err)
	p, err := nn.NewPass(m, tokens, s.Maps())
	check(t, err)
	before, err := p.Gradient(b, 1)
	check(t, err)
	var want, drop float64
	for _, q := range p.Params() {
		for i, g := range q.Grad {
			q.Value[i] -= 3e-4 * g
			want += 3e-4 * sq(float64(g))
		}
	}
	for _, a := range s.Trainables {
		drop += a.Drop()
	}
	after, err := p.Loss(b)
	check(t, err)
	if math.Abs(drop-want) > 1e-4*want || math.Abs(before-after-drop) > 0.05*drop {
		t.Errorf("drop %g, want %g; the loss fell by %g", drop, want, before-after)
	}
}

// TestFullStoredWeights: the copy of weights in the form of their file holds their values.
func TestFullStoredWeights(t *testing.T) {
	m := nntest.Model(t)
	l := m.Linears()[3]
	want := slices.Clone(l.Weight.Data)
	l.Stored, l.Weight.Data = rowsOf{want, l.In()}, nil
	s, err := full{}.Attach(new(nn.Arena), m, Config{Targets: []string{l.Name}, Tokens: tokens}, 0)
	check(t, err)
	if got := s.Trainables[0].Params()[0].Value; !slices.Equal(got, want) {
		t.Error("the copy has other values")
	}
}

// rowsOf is a stored matrix of float32.
type rowsOf struct {
	values []float32
	cols   int
}

func (r rowsOf) Rows(dst []float32, first, n int) { copy(dst[:n*r.cols], r.values[first*r.cols:]) }

func TestFullRefuses(t *testing.T) {
	m := nntest.Model(t)
	c := Config{Targets: []string{"all-linear"}, Tokens: tokens}
	s, err := full{}.Attach(new(nn.Arena), m, c, 0)
	check(t, err)
	if err := s.Merge(m.Clone()); err == nil || !strings.Contains(err.Error(), "nothing to merge") {
		t.Errorf("merged: %v", err)
	}
	if len(s.Trained()) > 0 {
		t.Error("trained weights are handed out as adapters")
	}
	_, err = full{}.Attach(new(nn.Arena), m, Config{Targets: []string{"head"}}, 0)
	if err == nil || !strings.Contains(err.Error(), `target "head"`) {
		t.Errorf("a target that is none: %v", err)
	}
	m.BF16()
	_, err = full{}.Attach(new(nn.Arena), m, c, 0)
	if err == nil || !strings.Contains(err.Error(), "weights in bfloat16") {
		t.Errorf("weights in bfloat16: %v", err)
	}
}
