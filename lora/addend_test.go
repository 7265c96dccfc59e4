package lora

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"ranksweep/nn"
	"ranksweep/nn/kernel"
	"ranksweep/nn/nntest"
)

// naive are the entries of each method's D, written out from its formula in float64, and ranks below
// and, where there can be, above the sides of the maps, which are from 6 to 20.
var naive = map[string]struct {
	entry func(c Config, m *sumMap, i, j int) float64
	ranks []int
}{
	LoHaMethod:           {naiveLoHa, []int{2, 5, 40}},
	LoKrMethod:           {naiveLoKr, []int{1, 2, 5, 40}},
	VeRAMethod:           {naiveVeRA, []int{2, 5, 40}},
	HiRAMethod:           {naiveHiRA, []int{2, 5, 40}},
	PiSSAMethod:          {naiveShifted, []int{1, 5, 6}},
	OLoRAMethod:          {naiveShifted, []int{1, 5, 6}},
	PEFTOrthogonalMethod: {naiveShifted, []int{2, 6, 40}},
}

// eachAddend runs a test for every method that adds a D to frozen weights.
func eachAddend(t *testing.T,
	test func(t *testing.T, method Method, entry func(m *sumMap, i, j int) float64, c Config)) {
	for name, of := range naive {
		method, _ := MethodNamed(name)
		for _, rank := range of.ranks {
			c := testConfig(rank)
			t.Run(name, func(t *testing.T) {
				test(t, method, func(m *sumMap, i, j int) float64 { return of.entry(c, m, i, j) }, c)
			})
		}
	}
}

// TestEveryAddendIsTested: the table has every method that makes a sumMap.
func TestEveryAddendIsTested(t *testing.T) {
	for _, name := range Methods() {
		method, _ := MethodNamed(name)
		s, err := method.Attach(new(nn.Arena), nntest.Model(t), testConfig(2), 0)
		check(t, err)
		_, sums := s.Trainables[0].(*sumMap)
		if _, tested := naive[name]; tested != sums {
			t.Errorf("%s: makes a sumMap: %t, is tested: %t", name, sums, tested)
		}
	}
}

// attachMoved returns maps whose parameters have all moved, and a pass through them.
func attachMoved(t *testing.T, method Method, m *nn.Model, c Config) (*Set, *nn.Pass) {
	t.Helper()
	s, err := method.Attach(new(nn.Arena), m, c, 7)
	check(t, err)
	p, err := nn.NewPass(m, tokens, s.Maps())
	check(t, err)
	rng := rand.New(rand.NewPCG(1, 3))
	for _, q := range p.Params() {
		for i := range q.Value {
			q.Value[i] += float32(0.2 * rng.NormFloat64())
		}
	}
	s.Updated()
	return s, p
}

// TestAddends compares D of every map with its naive twin, and W′ with W + D.
func TestAddends(t *testing.T) {
	m := nntest.Model(t)
	eachAddend(t, func(t *testing.T, method Method, entry func(*sumMap, int, int) float64, c Config) {
		s, p := attachMoved(t, method, m, c)
		_, err := p.Loss(testBatch())
		check(t, err)
		for _, a := range s.Trainables {
			a := a.(*sumMap)
			delta, want := nn.NewMatrix(a.base.Out(), a.base.In()), nn.NewMatrix(a.base.Out(), a.base.In())
			delta.Data[0] = 3 // Delta writes over what is there
			a.Delta(delta)
			for i := range want.Rows {
				for j := range want.Cols {
					want.Data[i*want.Stride+j] = float32(entry(a, i, j))
				}
			}
			if d := difference(delta.Data, want.Data); !(d < 1e-5) {
				t.Errorf("rank %d: %s: D is off by %.2g", c.Rank, a.base.Name, d)
			}
			kernel.Add(want.Data, a.base.Weight.Data)
			if d := difference(a.weight.Weight.Data, want.Data); !(d < 1e-5) {
				t.Errorf("rank %d: %s: W′ is off by %.2g", c.Rank, a.base.Name, d)
			}
		}
	})
}

// TestAddendGradients compares the gradient of every parameter with difference quotients, within
// the tolerance of [TestAdapterGradients].
func TestAddendGradients(t *testing.T) {
	m, b := nntest.Model(t), testBatch()
	eachAddend(t, func(t *testing.T, method Method, _ func(*sumMap, int, int) float64, c Config) {
		s, p := attachMoved(t, method, m, c)
		_, err := p.Gradient(b, 1)
		check(t, err)
		loss := func() float64 { s.Updated(); sum, _ := p.Loss(b); return sum }
		for _, q := range p.Params() {
			compareSteepest(t, q, loss)
		}
		before := slices.Clone(p.Params()[0].Grad)
		_, err = p.Gradient(b, 1)
		check(t, err)
		for i, g := range p.Params()[0].Grad {
			if !(math.Abs(float64(g-2*before[i])) <= 1e-5*math.Abs(float64(g))+1e-7) {
				t.Fatalf("a gradient of two passes is %g, of one %g", g, before[i])
			}
		}
	})
}

// TestFreshAddendIsNoOp: before an update no bit of the output changes, and the first update lowers
// the loss by Drop. The step is as small and as large as that of [TestFullDrop].
func TestFreshAddendIsNoOp(t *testing.T) {
	m, b := nntest.Model(t), testBatch()
	want := logitsOf(t, m, nil, b)
	eachAddend(t, func(t *testing.T, method Method, _ func(*sumMap, int, int) float64, c Config) {
		s, err := method.Attach(new(nn.Arena), m, c, 7)
		check(t, err)
		if !slices.Equal(logitsOf(t, m, s.Maps(), b), want) {
			t.Fatalf("rank %d: the output changes before an update", c.Rank)
		}
		p, err := nn.NewPass(m, tokens, s.Maps())
		check(t, err)
		before, err := p.Gradient(b, 1)
		check(t, err)
		var square, drop float64
		for _, q := range p.Params() {
			square += nn.Dot(q.Grad, q.Grad)
		}
		rate := 0.01 / square // lowers the loss of about 66 by 0.01
		for _, q := range p.Params() {
			for i, g := range q.Grad {
				q.Value[i] -= float32(rate * float64(g))
			}
		}
		s.Updated()
		for _, a := range s.Trainables {
			drop += a.Drop()
		}
		after, err := p.Loss(b)
		check(t, err)
		if math.Abs(drop-0.01) > 1e-4*0.01 || math.Abs(before-after-drop) > 0.05*drop {
			t.Errorf("rank %d: drop %g, want 0.01; the loss fell by %g", c.Rank, drop, before-after)
		}
	})
}

// TestAddendProbe compares a probe of two blocks of rows with Dx and Dᵀv, written out, and checks
// that it changes neither gradients nor outputs.
func TestAddendProbe(t *testing.T) {
	m := nntest.Model(t)
	eachAddend(t, func(t *testing.T, method Method, _ func(*sumMap, int, int) float64, c Config) {
		s, _ := attachMoved(t, method, m, c)
		checkProbe(t, s.Trainables)
	})
}

// TestAddendMoves: what moved and where it began are those of the arrays that begin with drawn
// entries; B begins at zero.
func TestAddendMoves(t *testing.T) {
	m := nntest.Model(t)
	eachAddend(t, func(t *testing.T, method Method, _ func(*sumMap, int, int) float64, c Config) {
		s, err := method.Attach(new(nn.Arena), m, c, 7)
		check(t, err)
		for _, a := range s.Trainables {
			var want nn.Squares
			count := 0
			for _, q := range a.Params() {
				if q.Role == nn.RoleA {
					want.Add(q.Value)
					count += len(q.Value)
				}
				for i := range q.Value {
					q.Value[i]++
				}
			}
			moved, start := a.Moved(make([]float32, count))
			if start != want || moved.Count != count || math.Abs(moved.Sum/float64(count)-1) > 1e-5 {
				t.Fatalf("moved %+v from %+v, want %d from %+v", moved, start, count, want)
			}
		}
	})
}

// TestAddendsRefuse: what a method cannot have is an error, before anything is drawn.
func TestAddendsRefuse(t *testing.T) {
	m := nntest.Model(t)
	m.BF16()
	for name := range naive {
		method, _ := MethodNamed(name)
		_, err := method.Attach(new(nn.Arena), m, testConfig(2), 0)
		if err == nil || !strings.Contains(err.Error(), "weights in bfloat16") {
			t.Errorf("%s: weights in bfloat16: %v", name, err)
		}
		s, err := method.Attach(new(nn.Arena), nntest.Model(t), testConfig(2), 0)
		check(t, err)
		err = s.Merge(nntest.Model(t))
		if !method.Traits().Has(HandsOut) && (err == nil || !strings.Contains(err.Error(), "use Delta")) {
			t.Errorf("%s: merged: %v", name, err)
		}
	}
}
