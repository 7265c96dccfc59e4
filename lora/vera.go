package lora

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
)

// veRA is VeRA (Kopiczko et al. 2023, arXiv 2310.11454). It trains two vectors beside random
// matrices A and B, which stay as they are and which all maps share:
//
//	D = diag(b) B diag(d) A,   d ∈ R^r, b ∈ R^out
//
// There is no multiplier. A is as wide as the widest input and B as long as the longest output; a
// map takes the first columns and rows. As in PEFT, d begins at 0.1 and b at zero, and the matrices
// are uniform on ±√6/√fan-in, where the fan-in is the number of columns of the whole matrix: r of B,
// so that BA does not grow with r. d has role A, b has role B.
type veRA struct{}

func (veRA) Traits() Traits { return Ranked | Seeded }

func (veRA) Roles() []nn.Role { return []nn.Role{nn.RoleA, nn.RoleB} }

func (veRA) BeyondTheory() string { return "" }

func (veRA) Attach(arena *nn.Arena, m *nn.Model, c Config, seed uint64) (*Set, error) {
	targets, err := c.targets(m)
	if err != nil {
		return nil, err
	}
	random := newVeraMatrices(arena, c, targets, seed)
	return attachAddends(arena, m, c, func(l *nn.Linear, shared *workspace) (addend, error) {
		return newVectors(arena, l, c, random, shared), nil
	})
}

// Flops counts dW, BA once forward and once backward, and Bᵀ dW.
func (veRA) Flops(c Config, l *nn.Linear, tokens float64, _ bool) float64 {
	return (2*tokens + 6*float64(c.Rank)) * float64(l.Out()) * float64(l.In())
}

// veraMatrices are the random matrices, and memory that all maps use in turn.
type veraMatrices struct {
	a       blas32.General // (r, widest input)
	b       blas32.General // (longest output, r)
	scratch []float32      // of A's size
}

func newVeraMatrices(arena *nn.Arena, c Config, targets []*nn.Linear, seed uint64) *veraMatrices {
	in, out := 0, 0
	for _, l := range targets {
		in, out = max(in, l.In()), max(out, l.Out())
	}
	r := c.Rank
	v := &veraMatrices{a: arena.Matrix(r, in), b: arena.Matrix(out, r), scratch: arena.Floats(r * in)}
	if !arena.Counting {
		bound := func(fanIn int) float64 { return math.Sqrt(6 / float64(fanIn)) }
		uniform(v.a.Data, bound(in), c.Init.stream(r, seed, "", "VeRA's A"))
		columns := make([]float32, out*r)
		uniform(columns, bound(r), c.Init.stream(r, seed, "", "VeRA's B"))
		fromColumns(v.b.Data, columns, r)
	}
	return v
}

// vectors is VeRA's D on one map.
type vectors struct {
	base   *nn.Linear
	d, b   array
	random *veraMatrices
	shared *workspace
}

func newVectors(arena *nn.Arena, l *nn.Linear, c Config, random *veraMatrices, shared *workspace) *vectors {
	v := &vectors{
		base: l, random: random, shared: shared,
		d: newArray(arena, l, ".vera_lambda_d", nn.RoleA, 1, c.Rank),
		b: newArray(arena, l, ".vera_lambda_b", nn.RoleB, 1, l.Out()),
	}
	for i := range v.d.Value {
		v.d.Value[i] = 0.1
	}
	return v
}

func (v *vectors) params() []nn.Param { return []nn.Param{v.d.Param, v.b.Param} }

// parts returns the columns of A and the rows of B that the map takes, and a scratch of A's part.
func (v *vectors) parts() (a, b, scratch blas32.General) {
	a = v.random.a
	a.Cols = v.base.In()
	return a, head(v.random.b, v.base.Out()), shaped(v.random.scratch, a.Rows, a.Cols)
}

// product computes B diag(d) A into dst, (out, in).
func (v *vectors) product(dst blas32.General) {
	a, b, scaled := v.parts()
	for k, d := range v.d.Value {
		from, to := row(a, k), row(scaled, k)
		for j, x := range from {
			to[j] = d * x
		}
	}
	blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, b, scaled, 0, dst)
}

func (v *vectors) add(dst blas32.General) {
	p := v.shared.one(v.base)
	v.product(p)
	for i, b := range v.b.Value {
		to := row(dst, i)
		for j, x := range row(p, i) {
			to[j] += b * x
		}
	}
}

// backward computes, with P = B diag(d) A,
//
//	db_i = Σ_j dW_ij P_ij,   dd_k = Σ_j A_kj (Bᵀ diag(b) dW)_kj.
func (v *vectors) backward(dW blas32.General) {
	p := v.shared.other(v.base)
	v.product(p)
	for i, b := range v.b.Value {
		g := row(dW, i)
		v.b.Grad[i] += float32(nn.Dot(g, row(p, i)))
		for j := range g {
			g[j] *= b
		}
	}
	a, b, back := v.parts()
	blas32.Gemm(blas.Trans, blas.NoTrans, 1, b, dW, 0, back)
	for k := range v.d.Grad {
		v.d.Grad[k] += float32(nn.Dot(row(a, k), row(back, k)))
	}
}
