package nn

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"ranksweep/nn/heaptest"
)

// TestLoRAMuonInvariance: (BQ, Q⁻¹A) has the same γBA for every invertible Q, whose condition here is 9, and for
// every γ. Muon of each factor does not.
func TestLoRAMuonInvariance(t *testing.T) {
	const r = 12
	mix, unmix := invertible(t, r, rand.New(rand.NewPCG(23, 3)))
	for _, test := range []struct {
		c         OptimizerConfig
		invariant bool
	}{
		{OptimizerConfig{Name: "lora-muon"}, true},
		{OptimizerConfig{Name: "lora-muon", Momentum: 0.9, WeightDecay: 0.1}, true},
		{OptimizerConfig{Name: "muon"}, false},
	} {
		want := movedBy(t, test.c, identity(r), identity(r), 1)
		if d := apart(movedBy(t, test.c, mix, unmix, 1), want); (d < 1e-3) != test.invariant {
			t.Errorf("%+v: mixed, the change of γBA differs by %g of itself", test.c, d)
		}
		if d := apart(movedBy(t, test.c, identity(r), identity(r), 5), want); (d < 1e-3) != test.invariant {
			t.Errorf("%+v: with five times γ, the change of γBA differs by %g of itself", test.c, d)
		}
	}
}

// naivePolar is the matrix with all singular values that are not rounding set to 1.
func naivePolar(t *testing.T, m mat.Matrix) *mat.Dense {
	t.Helper()
	var svd mat.SVD
	if !svd.Factorize(m, mat.SVDThin) {
		t.Fatal("no singular value decomposition")
	}
	var u, v, p mat.Dense
	svd.UTo(&u)
	svd.VTo(&v)
	p.Mul(&u, v.T())
	return &p
}

// TestLoRAMuonTwin: six steps against the formulas in float64, with R = (AAᵀ)^½. The gradients' singular values are
// within a factor of ten of each other, of which polar leaves 10⁻⁴ undone.
func TestLoRAMuonTwin(t *testing.T) {
	const lrA, lrB, gamma, momentum, decay = 0.02, 0.05, 0.7, 0.8, 0.1
	for _, r := range []int{1, 3, 20} {
		rng := rand.New(rand.NewPCG(7, 40))
		params, g := adapterOf(r, 40, 50), NewMatrix(50, 40)
		for i := range params {
			fillNormal(params[i].Value, 0.2, rng)
			params[i].Gamma = gamma
		}
		a, b := wide(params[0].matrix()), wide(params[1].matrix())
		meanA, meanB := mat.NewDense(r, 40, nil), mat.NewDense(50, r, nil)
		o := mustOptimizer(t, OptimizerConfig{Name: "lora-muon", Momentum: momentum, WeightDecay: decay}, params)
		for range 6 {
			fillNormal(g.Data, 1, rng)
			chain(params, g)
			mean := func(m *mat.Dense, g mat.Matrix) {
				m.Apply(func(i, j int, v float64) float64 { return momentum*v + (1-momentum)*g.At(i, j) }, m)
			}
			mean(meanA, wide(params[0].gradient()))
			mean(meanB, wide(params[1].gradient()))
			var gramA, gramB, u, w, stepA, stepB mat.Dense
			gramA.Mul(a, a.T())
			gramB.Mul(b.T(), b)
			rootA, rootB := symmetricPower(t, &gramA, -0.5), symmetricPower(t, &gramB, -0.5)
			u.Mul(meanB, rootA)
			stepB.Mul(naivePolar(t, &u), rootA)
			w.Mul(rootB, meanA)
			stepA.Mul(rootB, naivePolar(t, &w))
			eta := math.Sqrt(50.0/40) / (2 * gamma)
			keepA, keepB := math.Sqrt(1-lrA*decay), math.Sqrt(1-lrB*decay)
			stepA.Scale(eta*lrA/keepB, &stepA)
			stepB.Scale(eta*lrB/keepA, &stepB)
			a.Scale(keepA, a)
			b.Scale(keepB, b)
			a.Sub(a, &stepA)
			b.Sub(b, &stepB)
			o.Step(LearningRates{RoleA: lrA, RoleB: lrB})
		}
		for i, want := range []*mat.Dense{a, b} {
			if d := apart(wide(params[i].matrix()), want); !(d < 1e-3) {
				t.Errorf("rank %d: %s is off by %g of itself", r, params[i].Name, d)
			}
		}
	}
}

// TestLoRAMuonMovesByItsRate: from B = 0, A stays, and γBA moves by a matrix whose singular values are half of the
// rate times √(out/in), as many as the rank, whatever γ and the size of A are.
func TestLoRAMuonMovesByItsRate(t *testing.T) {
	const in, out, lr = 30, 40, 0.01
	for _, test := range []struct {
		rank  int
		gamma float64
	}{{7, 1}, {7, 100}, {50, 0.1}} {
		rng := rand.New(rand.NewPCG(7, 41))
		params, g := adapterOf(test.rank, in, out), NewMatrix(out, in)
		params[0].Gamma, params[1].Gamma = test.gamma, test.gamma
		fillNormal(params[0].Value, 1/test.gamma, rng)
		fillNormal(g.Data, 1, rng)
		chain(params, g)
		before := slices.Clone(params[0].Value)
		mustOptimizer(t, OptimizerConfig{Name: "lora-muon", Momentum: 0.9}, params).Step(UniformRate(lr))
		if !slices.Equal(before, params[0].Value) {
			t.Errorf("%v: A moves", test)
		}
		var svd mat.SVD
		svd.Factorize(wide(product(params)), mat.SVDNone)
		for i, s := range svd.Values(nil) {
			want := 0.0
			if i < test.rank {
				want = lr * math.Sqrt(float64(out)/in) / 2
			}
			if s *= test.gamma; !(math.Abs(s-want) < 1e-3*lr) {
				t.Errorf("%v: singular value %d of γBA is %g, want %g", test, i, s, want)
			}
		}
	}
}

// TestLoRAMuonIsTheCoreOfRITE: without any memory and without ε, a step of LoRA-RITE has the direction of LoRA-Muon's
// for each factor, at a rank below both widths and at one above.
func TestLoRAMuonIsTheCoreOfRITE(t *testing.T) {
	step := func(c OptimizerConfig, r int) []Param {
		rng := rand.New(rand.NewPCG(7, 42))
		params, g := adapterOf(r, 30, 40), NewMatrix(40, 30)
		for i := range params {
			fillNormal(params[i].Value, 1, rng)
			params[i].Gamma = 1
		}
		fillNormal(g.Data, 1, rng)
		chain(params, g)
		before := values(params)
		mustOptimizer(t, c, params).Step(UniformRate(0.1))
		for _, p := range params {
			for i := range p.Value {
				p.Value[i] -= before[i]
			}
			before = before[len(p.Value):]
		}
		return params
	}
	for _, r := range []int{9, 45} {
		rite, muon := step(OptimizerConfig{Name: "lora-rite"}, r), step(OptimizerConfig{Name: "lora-muon"}, r)
		for i, width := range []float64{30, 40} {
			got, want := wide(rite[i].matrix()), wide(muon[i].matrix())
			want.Scale(2*math.Sqrt(width)/math.Sqrt(40.0/30), want)
			if d := apart(got, want); !(d < 1e-3) {
				t.Errorf("rank %d: the steps of %s differ by %g", r, rite[i].Name, d)
			}
		}
	}
}

func TestLoRAMuonAllocatesNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 43))
	params := adapterOf(140, 150, 160)
	for i := range params {
		fillNormal(params[i].Value, 1, rng)
		fillNormal(params[i].Grad, 1, rng)
		params[i].Gamma = 1
	}
	useKernel(t)
	o := mustOptimizer(t, OptimizerConfig{Name: "lora-muon", Momentum: 0.95}, params)
	if n := heaptest.Allocations(2, func() { o.Step(UniformRate(0.01)) }); n != 0 {
		t.Errorf("%d allocations in some steps", n)
	}
}
