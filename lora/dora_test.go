package lora

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
	"ranksweep/nn/heaptest"
	"ranksweep/nn/nntest"
)

// attachDora returns maps whose B and m have moved from their start, and a pass through
// them.
func attachDora(t testing.TB, m *nn.Model, c Config) (*Set, *nn.Pass) {
	s, err := dora{}.Attach(new(nn.Arena), m, c, 7)
	check(t, err)
	rng := rand.New(rand.NewPCG(1, 3))
	for _, a := range s.Trainables {
		d := a.(*doraMap)
		nntest.Fill(d.B.Data, rng)
		for i := range d.m {
			d.m[i] *= float32(0.5 + rng.Float64())
		}
		d.Updated()
	}
	p, err := nn.NewPass(m, tokens, s.Maps())
	check(t, err)
	return s, p
}

// forceDora makes a map and the adapter inside it take a form.
func forceDora(d *doraMap, asMerged bool) {
	forceForm(d.Adapter, asMerged)
	d.train = d.active
	d.Updated()
}

// twin is the naive form in float64: y = (x − x̃)Wᵀ + m ∘ x̃Vᵀ/‖V‖ + b. ‖V‖ stays as it was
// when the twin was made. x̃ equals x at first.
type twin struct {
	w, a, b, x, kept       [][]float64 // kept is the factor of each entry of x, 0 if it is dropped
	m, length, bias, gamma []float64
}

func newTwin(d *doraMap, x blas32.General) *twin {
	w := nn.NewMatrix(d.Base.Out(), d.Base.In())
	d.Base.Values(w.Data)
	t := &twin{
		w: wide(w), a: wide(d.A), b: wide(d.B), x: wide(x), kept: wide(x),
		m: wider(d.m), bias: wider(d.bias), gamma: []float64{float64(d.gamma)},
	}
	for i := range t.w {
		var sum float64
		for j := range t.w[i] {
			sum += sq(t.v(i, j))
		}
		t.length = append(t.length, math.Sqrt(sum))
	}
	for i := range t.kept {
		for j := range t.kept[i] {
			t.kept[i][j] = 1
			if d.dropout != nil {
				t.kept[i][j] = 0
				if d.dropout.mask[i*x.Cols+j] {
					t.kept[i][j] = 1 / (1 - d.dropout.rate)
				}
			}
		}
	}
	return t
}

// v returns an entry of V.
func (t *twin) v(i, j int) float64 {
	v := t.w[i][j]
	for k := range t.a {
		v += t.gamma[0] * t.b[i][k] * t.a[k][j]
	}
	return v
}

func (t *twin) y(n, i int) float64 {
	y := t.bias[i]
	for j, x := range t.x[n] {
		kept := x * t.kept[n][j]
		y += (x-kept)*t.w[i][j] + t.m[i]/t.length[i]*kept*t.v(i, j)
	}
	return y
}

// loss returns Σ dy ∘ y.
func (t *twin) loss(dy blas32.General) (sum float64) {
	for n := range dy.Rows {
		for i, g := range row(dy, n) {
			sum += float64(g) * t.y(n, i)
		}
	}
	return sum
}

// gradient differentiates the loss by a difference quotient. The loss is linear in any one
// entry, so the only error is float64's rounding.
func (t *twin) gradient(entries []float64, dy blas32.General) (all []float32) {
	for i := range entries {
		at := entries[i]
		entries[i] = at + 1
		above := t.loss(dy)
		entries[i] = at - 1
		all = append(all, float32((above-t.loss(dy))/2))
		entries[i] = at
	}
	return all
}

func wide(m blas32.General) (rows [][]float64) {
	for i := range m.Rows {
		rows = append(rows, wider(row(m, i)))
	}
	return rows
}

func wider(x []float32) (all []float64) {
	for _, v := range x {
		all = append(all, float64(v))
	}
	return all
}

func (t *twin) gradients(matrix [][]float64, dy blas32.General) (all []float32) {
	for _, row := range matrix {
		all = append(all, t.gradient(row, dy)...)
	}
	return all
}

// TestDoraIsItsTwin compares outputs and every gradient of single maps of odd shapes with
// the twin, in both forms, with and without a bias, with and without dropout; twice, to
// check that gradients accumulate. Sums have at most 31 float32 terms, each precise to
// 2⁻²⁴; 1e-5 of the largest value is 5 times all of these errors.
func TestDoraIsItsTwin(t *testing.T) {
	for _, shape := range []struct{ out, in, rank, n int }{{1, 1, 1, 6}, {5, 7, 3, 4}, {13, 2, 5, 3}, {3, 31, 1, 9}} {
		for _, dropout := range []float64{0, 0.4} {
			for _, biased := range []bool{false, true} {
				for _, asMerged := range []bool{false, true} {
					name := fmt.Sprintf("%+v, dropout %g, bias %t, merged %t", shape, dropout, biased, asMerged)
					d, x, dy := doraCase(t, shape.out, shape.in, shape.rank, shape.n, dropout, biased)
					forceDora(d, asMerged)
					y, dx := nn.NewMatrix(shape.n, shape.out), nn.NewMatrix(shape.n, shape.in)
					d.Forward(y, x)
					d.Backward(dx, dy, x)
					holdsTwin(t, name, d, y, dx, x, dy)
					holdsAccumulation(t, name, d, dx, x, dy)
				}
			}
		}
	}
}

// holdsTwin compares one pass with the twin.
func holdsTwin(t *testing.T, name string, d *doraMap, y, dx, x, dy blas32.General) {
	t.Helper()
	w := newTwin(d, x)
	var want []float32
	for n := range y.Rows {
		for i := range y.Cols {
			want = append(want, float32(w.y(n, i)))
		}
	}
	for what, pair := range map[string][2][]float32{
		"y": {y.Data, want}, "dx": {dx.Data, w.gradients(w.x, dy)}, "dm": {d.dm, w.gradient(w.m, dy)},
		"dA": {d.dA.Data, w.gradients(w.a, dy)}, "dB": {d.dB.Data, w.gradients(w.b, dy)},
	} {
		if e := difference(pair[0], pair[1]); !(e < 1e-5) {
			t.Errorf("%s: %s is off by %.2g", name, what, e)
		}
	}
}

// holdsAccumulation runs Backward a second time: the gradients of A, B and m then double,
// and dx stays the same.
func holdsAccumulation(t *testing.T, name string, d *doraMap, dx, x, dy blas32.General) {
	t.Helper()
	once := slices.Concat(d.dA.Data, d.dB.Data, d.dm)
	again := nn.NewMatrix(dx.Rows, dx.Cols)
	d.Backward(again, dy, x)
	if !slices.Equal(again.Data, dx.Data) {
		t.Errorf("%s: a second pass back gives another dx", name)
	}
	for i, g := range slices.Concat(d.dA.Data, d.dB.Data, d.dm) {
		if math.Abs(float64(g-2*once[i])) > 1e-5*math.Abs(float64(once[i])) {
			t.Fatalf("%s: gradient %d is %g after one pass and %g after two", name, i, once[i], g)
		}
	}
	d.Backward(blas32.General{}, dy, x) // the caller needs no dx
}

// doraCase is a map, its input and the gradient of its output.
func doraCase(t *testing.T, out, in, rank, n int, dropout float64, biased bool) (d *doraMap, x, dy blas32.General) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 8))
	l := &nn.Linear{Name: "m", Weight: nn.NewMatrix(out, in)}
	if biased {
		l.Bias = make([]float32, out)
	}
	x, dy = nn.NewMatrix(n, in), nn.NewMatrix(n, out)
	c := testConfig(rank)
	c.Tokens, c.Dropout = n, dropout
	for _, values := range [][]float32{l.Weight.Data, l.Bias, x.Data, dy.Data} {
		nntest.Fill(values, rng)
	}
	targets, arena := []*nn.Linear{l}, new(nn.Arena)
	plain := newScratch(arena, c.undropped(), targets)
	d, err := newDoraMap(arena, newAdapter(arena, l, c.undropped(), 7, plain), c, newDoraScratch(arena, c, targets))
	check(t, err)
	if dropout > 0 {
		d.dropout = newDropout(arena, c, l, 7)
	}
	nntest.Fill(d.B.Data, rng)
	for i := range d.m {
		d.m[i] *= float32(0.5 + rng.Float64())
	}
	return d, x, dy
}

// TestDoraFormsAgree is [TestFormsAgree], to the same tolerance.
func TestDoraFormsAgree(t *testing.T) {
	m, b := nntest.Model(t), testBatch()
	for _, rank := range []int{1, 5, 40} {
		var losses [2]float64
		var grads [2][]nn.Param
		for i, asMerged := range []bool{false, true} {
			s, p := attachDora(t, m, testConfig(rank))
			for _, a := range s.Trainables {
				forceDora(a.(*doraMap), asMerged)
			}
			loss, err := p.Gradient(b, 1)
			check(t, err)
			losses[i], grads[i] = loss, p.Params()
		}
		if math.Abs(losses[0]-losses[1]) > 1e-5*losses[0] {
			t.Errorf("rank %d: loss %g factored, %g merged", rank, losses[0], losses[1])
		}
		for i, f := range grads[0] {
			if d := difference(grads[1][i].Grad, f.Grad); !(d < 1e-5) {
				t.Errorf("rank %d, %s: gradients differ by %.2g", rank, f.Name, d)
			}
		}
	}
}

// TestFreshDoraIsNoOp: a fresh map changes no bit of the output, in either form and in
// bfloat16. With dropout it agrees up to rounding through two layers, since x is then
// multiplied by W in two parts.
func TestFreshDoraIsNoOp(t *testing.T) {
	for name, change := range map[string]func(*Config, *nn.Model){
		"factored": func(*Config, *nn.Model) {},
		"merged":   func(c *Config, _ *nn.Model) { c.Rank = 40 },
		"zero A":   func(c *Config, _ *nn.Model) { c.Init.ZeroA = true },
		"bf16":     func(_ *Config, m *nn.Model) { m.BF16() },
		"beside":   func(c *Config, m *nn.Model) { c.Rank = 40; m.BF16() },
		"dropout":  func(c *Config, _ *nn.Model) { c.Dropout = 0.5 },
	} {
		m, c := nntest.Model(t), testConfig(3)
		change(&c, m)
		want := logitsOf(t, m, nil, testBatch())
		s, err := dora{}.Attach(new(nn.Arena), m, c, 7)
		check(t, err)
		p, err := nn.NewPass(m, tokens, s.Maps())
		check(t, err)
		logits := func() []float32 {
			got, err := p.Logits(testBatch())
			check(t, err)
			return got.Data
		}
		if d := difference(logits(), want); c.Dropout > 0 && !(d < 1e-5) {
			t.Errorf("%s: logits differ by %.2g in training", name, d)
		}
		s.SetMode(Eval)
		if d := difference(logits(), want); d != 0 {
			t.Errorf("%s: logits differ by %.2g", name, d)
		}
	}
}

// TestDoraMergedEqualsAttached is [TestMergedEqualsAttached], to the same tolerance, and also
// for adapters that are restored on a model.
func TestDoraMergedEqualsAttached(t *testing.T) {
	base, b := nntest.Model(t), testBatch()
	for _, rank := range []int{1, 8, 40} {
		s, _ := attachDora(t, base, testConfig(rank))
		want := logitsOf(t, base, s.Maps(), b)
		again, err := Restore(base, s.Trained(), tokens)
		check(t, err)
		if d := difference(logitsOf(t, base, again.Maps(), b), want); d != 0 {
			t.Errorf("rank %d: restored differs by %.2g", rank, d)
		}
		checkMerged(t, fmt.Sprintf("rank %d", rank), s, base, b, want)
	}
}

// TestDoraProbe compares W′ − W with the twin's, and a probe of two blocks of rows with
// products by W′ − W that are written out.
func TestDoraProbe(t *testing.T) {
	const n = probeBlock + 3
	for _, asMerged := range []bool{false, true} {
		d, x, dy := doraCase(t, 5, 7, 3, n, 0, true)
		forceDora(d, asMerged)
		w, delta := newTwin(d, x), nn.NewMatrix(5, 7)
		d.Delta(delta)
		var want []float32
		for i := range w.w {
			for j := range w.w[i] {
				want = append(want, float32(w.m[i]/w.length[i]*w.v(i, j)-w.w[i][j]))
			}
		}
		if e := difference(delta.Data, want); !(e < 1e-5) {
			t.Errorf("merged %t: W′ − W is off by %.2g", asMerged, e)
		}
		y, dx := nn.NewMatrix(n, 5), nn.NewMatrix(n, 7)
		d.SetMode(Probe)
		d.Forward(y, x)
		d.Backward(dx, dy, x)
		out, in := through(delta, x, dy)
		got := d.Probed()
		if math.Abs(got.Output.Sum/out-1) > 1e-5 || got.Output.Count != n*5 {
			t.Errorf("output %+v, want %g over %d", got.Output, out, n*5)
		}
		if math.Abs(got.InputDX.Sum/in-1) > 1e-5 || got.InputDX.Count != n*7 {
			t.Errorf("input gradient %+v, want %g over %d", got.InputDX, in, n*7)
		}
		for _, q := range d.Params() {
			if slices.ContainsFunc(q.Grad, func(g float32) bool { return g != 0 }) {
				t.Fatalf("a probe added to the gradient of %s", q.Name)
			}
		}
		d.SetMode(Train)
		yTrain, dxTrain := nn.NewMatrix(n, 5), nn.NewMatrix(n, 7)
		d.Forward(yTrain, x)
		d.Backward(dxTrain, dy, x)
		if e := max(difference(y.Data, yTrain.Data), difference(dx.Data, dxTrain.Data)); !(e < 1e-5) {
			t.Errorf("a probe computes another map: off by %.2g", e)
		}
		if d.SetMode(Probe); d.Probed() != (Probed{}) {
			t.Error("a new probe remembers the last")
		}
	}
}

// TestDoraDrop: a small step lowers the loss by Drop, within the tolerance of
// [TestFullDrop], whichever factor starts at zero. Without its correction for the changed
// lengths, which the gradient treats as constant, Drop would be outside the tolerance.
func TestDoraDrop(t *testing.T) {
	m, b := nntest.Model(t), testBatch()
	for _, zeroA := range []bool{false, true} {
		c := testConfig(3)
		c.Init.ZeroA = zeroA
		s, err := dora{}.Attach(new(nn.Arena), m, c, 7)
		check(t, err)
		p, err := nn.NewPass(m, tokens, s.Maps())
		check(t, err)
		before, err := p.Gradient(b, 1)
		check(t, err)
		var naive, drop float64
		for _, q := range p.Params() {
			lr := map[nn.Role]float64{nn.RoleA: 1e-4, nn.RoleB: 1e-4, nn.RoleOwn: 1e-5}[q.Role]
			for i, g := range q.Grad {
				q.Value[i] -= float32(lr) * g
				naive += lr * sq(float64(g))
			}
		}
		s.Updated()
		for _, a := range s.Trainables {
			drop += a.Drop()
		}
		after, err := p.Loss(b)
		check(t, err)
		if !(math.Abs(before-after-drop) <= 0.05*drop && math.Abs(before-after-naive) > 0.05*drop) {
			t.Errorf("A zero %t: drop %g, with constant lengths %g; the loss fell by %g",
				zeroA, drop, naive, before-after)
		}
	}
}

// TestDoraDropout: evaluation drops nothing, and two training passes drop different entries.
func TestDoraDropout(t *testing.T) {
	m, b := nntest.Model(t), testBatch()
	c := testConfig(3)
	c.Dropout = 0.25
	s, p := attachDora(t, m, c)
	loss := func(p *nn.Pass) float64 {
		sum, err := p.Loss(b)
		check(t, err)
		return sum
	}
	if loss(p) == loss(p) {
		t.Error("two training passes drop the same entries")
	}
	s.SetMode(Eval)
	_, plain := attachDora(t, m, testConfig(3))
	if got, want := loss(p), loss(plain); got != want {
		t.Errorf("loss %g in evaluation, %g without dropout", got, want)
	}
}

// TestDoraStoredWeights: with weights in the form of their file, everything is the same.
func TestDoraStoredWeights(t *testing.T) {
	deltas := func(stored bool) (all []float32) {
		m := nntest.Model(t)
		if stored {
			for _, l := range m.Linears() {
				l.Stored, l.Weight.Data = rowsOf{l.Weight.Data, l.In()}, nil
			}
		}
		s, _ := attachDora(t, m, testConfig(3))
		for _, a := range s.Trainables {
			delta := nn.NewMatrix(a.Frozen().Out(), a.Frozen().In())
			a.Delta(delta)
			all = append(all, delta.Data...)
		}
		return all
	}
	if !slices.Equal(deltas(true), deltas(false)) {
		t.Error("W′ − W is another one")
	}
}

// TestDoraAllocatesNothing in a step, in either form and with dropout.
func TestDoraAllocatesNothing(t *testing.T) {
	for name, rank := range map[string]int{"factored": 3, "merged": 40, "dropout": 3} {
		c := testConfig(rank)
		if name == "dropout" {
			c.Dropout = 0.5
		}
		s, p := attachDora(t, nntest.Model(t), c)
		b := testBatch()
		step := func() {
			s.Updated()
			_, err := p.Gradient(b, 1)
			check(t, err)
		}
		step() // nn and its kernels make their scratch once
		if n := heaptest.Allocations(10, step); n != 0 {
			t.Errorf("%s: %d allocations in some steps", name, n)
		}
	}
}

func TestDoraRefuses(t *testing.T) {
	const zero = "row 2 of its weights is zero: DoRA divides by its length"
	m := nntest.Model(t)
	s, _ := attachDora(t, m, testConfig(3))
	trained := s.Trained()
	short := slices.Clone(trained)
	short[0].Magnitude = short[0].Magnitude[1:]
	for name, refused := range map[string]error{
		"attached": second(dora{}.Attach(new(nn.Arena), m, Config{Targets: []string{"mlp"}}, 0)),
		"targets": second(dora{}.Attach(new(nn.Arena), m,
			func() Config { c := testConfig(3); c.Targets = nil; return c }(), 0)),
		"short": second(Restore(m, short, tokens)),
	} {
		want := map[string]string{
			"attached": "rank 0: must be", "targets": "no targets",
			"short": "q_proj: the magnitude has 11 entries, the model's map has 12 outputs",
		}[name]
		if refused == nil || !strings.Contains(refused.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", name, refused, want)
		}
	}
	l := m.Linears()[0]
	clear(row(l.Weight, 2))
	clear(row(trained[0].B, 2))
	for name, refused := range map[string]error{
		"attached": second(dora{}.Attach(new(nn.Arena), m, testConfig(3), 0)),
		"restored": second(Restore(m, trained, tokens)),
		"merged":   Merge(m.Clone(), trained),
	} {
		if refused == nil || !strings.Contains(refused.Error(), zero) || !strings.Contains(refused.Error(), l.Name) {
			t.Errorf("a row of zeros, %s: error %v", name, refused)
		}
	}
}

func second(_ *Set, err error) error { return err }
