package nn

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/mat"
)

// scaledGolden are the values of A (2, 4) and B (3, 2) after five steps at learning rate 0.1 in float64, with
// weight decay 0.1, of torch.optim.SGD with momentum 0.9 and of torch.optim.AdamW behind PEFT 0.21.2's
// preconditioner. testdata/optimizers.py prints them and says where they start.
var scaledGolden = map[string][]float64{
	"scaled-sgd": {
		-0.655641628, 0.354871967, -0.051589312, -0.233083625, 0.412853292, 0.395363828,
		-0.131988727, -0.486485748, -0.636170425, 0.365480118, -0.033552686, -0.226146703,
		0.565345796, 0.283682501,
	},
	"scaled-adamw": {
		-0.573728025, 0.390586498, -0.007272582, -0.162353655, 0.629477338, 0.168055153,
		-0.111823474, -0.673001905, -0.650005401, 0.324301629, -0.127819633, -0.226092628,
		0.647646060, 0.134554710,
	},
}

// adapterOf returns the factors of an adapter.
func adapterOf(r, in, out int) []Param {
	param := func(role Role, rows, cols int) Param {
		n := rows * cols
		return Param{
			Name: string(rune('A' + role - RoleA)), Module: "map", Role: role, Rows: rows, Cols: cols,
			Value: make([]float32, n), Grad: make([]float32, n), Decay: true,
		}
	}
	return []Param{param(RoleA, r, in), param(RoleB, out, r)}
}

// TestScaledMatchesPEFT: the inverses of the two grams are below 50, so that rounding of some 2⁻²⁴ grows by as
// much in each of five steps of 0.1.
func TestScaledMatchesPEFT(t *testing.T) {
	for _, c := range testOptimizers() {
		want, ok := scaledGolden[c.Name]
		if !ok {
			continue
		}
		params := adapterOf(2, 4, 3)
		for _, p := range params {
			for i := range p.Value {
				p.Value[i] = float32(5*i%7-3) / 4
			}
		}
		o := mustOptimizer(t, c, params)
		for step := 1; step <= 5; step++ {
			for _, p := range params {
				for i := range p.Grad {
					p.Grad[i] = float32((7*i+3*step)%11-5) / 8
				}
			}
			o.Step(UniformRate(0.1))
		}
		for i, v := range values(params) {
			if math.Abs(float64(v)-want[i]) > 5*0.1*50*0x1p-24 {
				t.Errorf("%s: value %d is %.9f, want %.9f", c.Name, i, v, want[i])
			}
		}
	}
}

// chain sets the gradients of γBA with γ = 1 from that of the product: ∇A = BᵀG, ∇B = GAᵀ.
func chain(params []Param, g blas32.General) {
	a, b := params[0].matrix(), params[1].matrix()
	blas32.Gemm(blas.Trans, blas.NoTrans, 1, b, g, 0, params[0].gradient())
	blas32.Gemm(blas.NoTrans, blas.Trans, 1, g, a, 0, params[1].gradient())
}

// product is BA.
func product(params []Param) blas32.General {
	p := NewMatrix(params[1].Rows, params[0].Cols)
	blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, params[1].matrix(), params[0].matrix(), 0, p)
	return p
}

// movedProduct returns how much BA changes in ten steps of an optimizer, for the factors (sB, A/s).
func movedProduct(t *testing.T, c OptimizerConfig, s float32) *mat.Dense {
	const r, in, out = 70, 90, 100
	rng := rand.New(rand.NewPCG(7, 32))
	params, g := adapterOf(r, in, out), NewMatrix(out, in)
	fillNormal(params[0].Value, 1/math.Sqrt(in), rng)
	fillNormal(params[1].Value, 1/math.Sqrt(r), rng)
	for i := range params[0].Value {
		params[0].Value[i] /= s
	}
	for i := range params[1].Value {
		params[1].Value[i] *= s
	}
	start := wide(product(params))
	o := mustOptimizer(t, c, params)
	for range 10 {
		fillNormal(g.Data, 0.1, rng)
		chain(params, g)
		o.Step(UniformRate(0.01))
	}
	var moved mat.Dense
	moved.Sub(wide(product(params)), start)
	return &moved
}

// TestScaledInvariance: without damping, SGD behind the preconditioner changes BA alike however BA is divided
// among its factors. SGD itself does not, and AdamW behind the preconditioner does not either.
func TestScaledInvariance(t *testing.T) {
	for _, test := range []struct {
		c         OptimizerConfig
		invariant bool
	}{
		{OptimizerConfig{Name: "scaled-sgd"}, true},
		{OptimizerConfig{Name: "scaled-sgd", Momentum: 0.9}, true},
		{OptimizerConfig{Name: "sgd"}, false},
		{OptimizerConfig{Name: "scaled-adamw", Beta1: 0.9, Beta2: 0.999}, false},
	} {
		want, got := movedProduct(t, test.c, 1), movedProduct(t, test.c, 3)
		var off mat.Dense
		off.Sub(got, want)
		if d := mat.Norm(&off, 2) / mat.Norm(want, 2); (d < 1e-3) != test.invariant {
			t.Errorf("%+v: the change of BA differs by %g of itself", test.c, d)
		}
	}
}

// TestScaledTwin: one step of SGD behind the preconditioner against the formula in float64, at a rank above and
// one below the widths.
func TestScaledTwin(t *testing.T) {
	const lr, damping = 0.01, 1e-2
	for _, r := range []int{3, 200} {
		rng := rand.New(rand.NewPCG(7, 33))
		params, g := adapterOf(r, 60, 130), NewMatrix(130, 60)
		for _, p := range params {
			fillNormal(p.Value, 0.2, rng)
		}
		fillNormal(g.Data, 1, rng)
		chain(params, g)
		var want [2]mat.Dense
		for i := range params {
			other, gradient := wide(params[1-i].matrix()), wide(params[i].gradient())
			var gram, inverse, step mat.Dense
			if i == 0 {
				gram.Mul(other.T(), other)
			} else {
				gram.Mul(other, other.T())
			}
			for k := range r {
				gram.Set(k, k, gram.At(k, k)+damping)
			}
			check(t, inverse.Inverse(&gram))
			if i == 0 {
				step.Mul(&inverse, gradient)
			} else {
				step.Mul(gradient, &inverse)
			}
			step.Scale(-lr, &step)
			want[i].CloneFrom(&step)
		}
		before := [2]*mat.Dense{wide(params[0].matrix()), wide(params[1].matrix())}
		mustOptimizer(t, OptimizerConfig{Name: "scaled-sgd", Damping: damping}, params).Step(UniformRate(lr))
		for i := range params {
			var moved mat.Dense
			moved.Sub(wide(params[i].matrix()), before[i])
			moved.Sub(&moved, &want[i])
			if d := mat.Norm(&moved, 2) / mat.Norm(&want[i], 2); !(d < 1e-3) {
				t.Errorf("rank %d: the step of %s is off by %g of itself", r, params[i].Name, d)
			}
		}
	}
}
