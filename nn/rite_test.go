package nn

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/mat"

	"ranksweep/nn/heaptest"
	"ranksweep/nn/kernel"
)

// movedBy returns how much BA changes in ten steps of an optimizer, for the factors (BQ, Q⁻¹A), and for γ and γ′
// in place of 1 where γBA is the same. Gradients of γBA are drawn.
func movedBy(t *testing.T, c OptimizerConfig, q, inverse blas32.General, gamma float64) *mat.Dense {
	const in, out = 50, 60
	r := q.Rows
	rng := rand.New(rand.NewPCG(7, 36))
	params, g := adapterOf(r, in, out), NewMatrix(out, in)
	a, b := NewMatrix(r, in), NewMatrix(out, r)
	fillNormal(a.Data, 1/math.Sqrt(in), rng)
	fillNormal(b.Data, 1/math.Sqrt(float64(r)), rng)
	blas32.Gemm(blas.NoTrans, blas.NoTrans, float32(1/gamma), inverse, a, 0, params[0].matrix())
	blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, b, q, 0, params[1].matrix())
	for i := range params {
		params[i].Gamma = gamma
	}
	start := wide(product(params))
	o := mustOptimizer(t, c, params)
	for range 10 {
		fillNormal(g.Data, 0.1, rng)
		for i := range g.Data {
			g.Data[i] *= float32(gamma)
		}
		chain(params, g)
		o.Step(UniformRate(0.01))
	}
	var moved mat.Dense
	moved.Sub(wide(product(params)), start)
	moved.Scale(gamma, &moved)
	return &moved
}

// apart returns the size of the difference of two matrices, as a part of the second's.
func apart(got, want mat.Matrix) float64 {
	var off mat.Dense
	off.Sub(got, want)
	return mat.Norm(&off, 2) / mat.Norm(want, 2)
}

// identity returns the unit matrix.
func identity(n int) blas32.General {
	m := NewMatrix(n, n)
	addDiagonal(m, 1)
	return m
}

// TestRITEInvariance: (BQ, Q⁻¹A) has the same BA for every invertible Q, whose condition here is 9. Gram matrices
// then have conditions of 9² times some 30, by which rounding grows. AdamW moves BA otherwise, even for Q = 3I.
func TestRITEInvariance(t *testing.T) {
	const r = 12
	rng := rand.New(rand.NewPCG(23, 3))
	mix, unmix := invertible(t, r, rng)
	three, third := identity(r), identity(r)
	for i := range r {
		row(three, i)[i], row(third, i)[i] = 3, 1./3
	}
	rite := OptimizerConfig{Name: "lora-rite", Beta1: 0.9, Beta2: 0.99, Eps: 1e-6, WeightDecay: 0.1}
	adamW := OptimizerConfig{Name: "adamw", Beta1: 0.9, Beta2: 0.99}
	for _, test := range []struct {
		name       string
		c          OptimizerConfig
		q, inverse blas32.General
		invariant  bool
	}{
		{"mixed", rite, mix, unmix, true},
		{"scaled", rite, three, third, true},
		{"adamw, scaled", adamW, three, third, false},
	} {
		want := movedBy(t, test.c, identity(r), identity(r), 1)
		if d := apart(movedBy(t, test.c, test.q, test.inverse, 1), want); (d < 1e-3) != test.invariant {
			t.Errorf("%s: the change of BA differs by %g of itself", test.name, d)
		}
	}
}

// naiveRITE is LoRA-RITE in float64 for factors of full rank, with U of the polar decomposition: R = (YYᵀ)^½.
type naiveRITE struct {
	t       *testing.T
	c       OptimizerConfig
	x       [2]*mat.Dense // A and Bᵀ
	basis   [2]*mat.Dense
	m, v    [2]*mat.Dense
	escaped [2]float64
}

func (n *naiveRITE) step(gradients [2]*mat.Dense, t, lr float64) {
	var updates [2]mat.Dense
	for i := range 2 {
		y := n.x[1-i]
		r, width := gradients[i].Dims()
		var gram, u, g mat.Dense
		gram.Mul(y, y.T())
		inverse := symmetricPower(n.t, &gram, -0.5)
		u.Mul(inverse, y)
		g.Mul(inverse, gradients[i])
		turn := mat.NewDense(r, r, nil)
		if n.basis[i] != nil {
			turn.Mul(&u, n.basis[i].T())
		} else {
			n.m[i], n.v[i] = mat.NewDense(r, width, nil), mat.NewDense(r, r, nil)
		}
		n.basis[i] = &u
		beta, alpha := correctedDecay(n.c.Beta2, t), correctedDecay(n.c.Beta1, t)
		var turned, moved, own mat.Dense
		turned.Mul(turn, n.v[i])
		moved.Mul(&turned, turn.T())
		before, after := symmetricValues(n.t, n.v[i]), symmetricValues(n.t, &moved)
		lost := 0.0
		for k := range before {
			lost = max(lost, before[k]-after[k])
		}
		n.escaped[i] = beta * (n.escaped[i] + lost)
		own.Mul(&g, g.T())
		own.Scale((1-beta)/float64(width), &own)
		moved.Scale(beta, &moved)
		n.v[i].Add(&moved, &own)
		var s, mean mat.Dense
		s.Mul(naiveInverseRoot(n.t, n.v[i], n.escaped[i]+n.c.Eps*n.c.Eps), &g)
		s.Scale(1-alpha, &s)
		mean.Mul(turn, n.m[i])
		mean.Scale(alpha, &mean)
		n.m[i].Add(&mean, &s)
		updates[i].Mul(inverse.T(), n.m[i])
	}
	for i := range 2 {
		updates[i].Scale(lr, &updates[i])
		n.x[i].Scale(1-lr*n.c.WeightDecay, n.x[i])
		n.x[i].Sub(n.x[i], &updates[i])
	}
}

func symmetric(m *mat.Dense) *mat.SymDense {
	n, _ := m.Dims()
	s := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			s.SetSym(i, j, (m.At(i, j)+m.At(j, i))/2)
		}
	}
	return s
}

func symmetricValues(t *testing.T, m *mat.Dense) []float64 {
	var e mat.EigenSym
	if !e.Factorize(symmetric(m), false) {
		t.Fatal("no eigenvalues")
	}
	return e.Values(nil)
}

func symmetricPower(t *testing.T, m *mat.Dense, power float64) *mat.Dense {
	var e mat.EigenSym
	if !e.Factorize(symmetric(m), true) {
		t.Fatal("no eigenvalues")
	}
	values := e.Values(nil)
	for i, v := range values {
		values[i] = math.Pow(v, power)
	}
	var q, scaled, p mat.Dense
	e.VectorsTo(&q)
	scaled.Mul(&q, mat.NewDiagDense(len(values), values))
	p.Mul(&scaled, q.T())
	return &p
}

// TestRITETwin: six steps against the formulas in float64, at ranks below both widths. Mass escapes, since the
// factors turn.
func TestRITETwin(t *testing.T) {
	const lr = 0.05
	c := OptimizerConfig{Name: "lora-rite", Beta1: 0.9, Beta2: 0.95, Eps: 1e-6, WeightDecay: 0.1}
	for _, r := range []int{1, 3, 20} {
		rng := rand.New(rand.NewPCG(7, 37))
		params, g := adapterOf(r, 40, 50), NewMatrix(50, 40)
		for _, p := range params {
			fillNormal(p.Value, 0.2, rng)
		}
		rows := func(p Param, data []float32) *mat.Dense {
			return wide(p.asRows(slices.Clone(data), make([]float32, len(data))))
		}
		both := func(data func(Param) []float32) [2]*mat.Dense {
			return [2]*mat.Dense{rows(params[0], data(params[0])), rows(params[1], data(params[1]))}
		}
		twin := &naiveRITE{t: t, c: c, x: both(func(p Param) []float32 { return p.Value })}
		o := mustOptimizer(t, c, params).(*rite)
		for step := 1; step <= 6; step++ {
			fillNormal(g.Data, 1, rng)
			chain(params, g)
			twin.step(both(func(p Param) []float32 { return p.Grad }), float64(step), lr)
			o.Step(UniformRate(lr))
		}
		for i, p := range params {
			if d := apart(rows(p, p.Value), twin.x[i]); !(d < 1e-4) {
				t.Errorf("rank %d: %s is off by %g of itself", r, p.Name, d)
			}
			got, want := float64(o.kept[0][i].escaped[0]), twin.escaped[i]
			if !(math.Abs(got/want-1) < 1e-3) || want == 0 {
				t.Errorf("rank %d: the escaped mass of %s is %g, want %g", r, p.Name, got, want)
			}
		}
	}
}

// TestRITEBegins: from B = 0, A stays, and the step of BA has singular values of lr·√out, as many as the rank. A
// rank above the widths changes nothing of that, nor does a gradient of less rank than the adapter, whose missing
// directions are rounding. A's next steps are about as large as A itself, since B is still small, but no larger:
// divided by directions that are rounding they would be a thousand times as large.
func TestRITEBegins(t *testing.T) {
	const in, out, lr = 30, 40, 0.01
	for _, test := range []struct{ rank, gradient int }{{7, 30}, {50, 30}, {20, 5}} {
		rng := rand.New(rand.NewPCG(7, 38))
		params, g := adapterOf(test.rank, in, out), NewMatrix(out, in)
		if fillNormal(g.Data, 1, rng); test.gradient < in {
			g = ofRank(test.gradient, out, in, rng)
		}
		fillNormal(params[0].Value, 0.3, rng)
		chain(params, g)
		before := slices.Clone(params[0].Value)
		o := mustOptimizer(t, OptimizerConfig{Name: "lora-rite", Beta1: 0.9, Beta2: 0.999}, params)
		o.Step(UniformRate(lr))
		if !slices.Equal(before, params[0].Value) {
			t.Errorf("%v: A moves", test)
		}
		var svd mat.SVD
		svd.Factorize(wide(product(params)), mat.SVDNone)
		want := lr * math.Sqrt(out)
		for i, s := range svd.Values(nil) {
			if one := i < min(test.rank, test.gradient); one && math.Abs(s/want-1) > 1e-3 || !one && s > 1e-3*want {
				t.Errorf("%v: singular value %d of BA is %g of lr·√out", test, i, s/want)
			}
		}
		for range 3 {
			chain(params, g)
			o.Step(UniformRate(lr))
		}
		if d := apart(wide(params[0].matrix()), wide(matrixOf(before, test.rank, in))); !(d < 5) {
			t.Errorf("%v: A moves by %g of itself in three steps", test, d)
		}
	}
}

// TestRITEAllocatesNothing at a rank for which gonum's products would take several goroutines.
func TestRITEAllocatesNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 39))
	params := adapterOf(140, 150, 160)
	for _, p := range params {
		fillNormal(p.Value, 1, rng)
		fillNormal(p.Grad, 1, rng)
	}
	useKernel(t)
	o := mustOptimizer(t, OptimizerConfig{Name: "lora-rite", Beta1: 0.9, Beta2: 0.999, Eps: 1e-6}, params)
	if n := heaptest.Allocations(2, func() { o.Step(UniformRate(0.01)) }); n != 0 {
		t.Errorf("%d allocations in some steps", n)
	}
}

// useKernel has products made by the project's own kernels until the test ends.
func useKernel(t *testing.T) {
	before := blas32.Implementation()
	t.Cleanup(func() { blas32.Use(before) })
	check(t, kernel.Use())
}
