package lora

import (
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
)

// loKr is LoKr (Yeh et al. 2023, arXiv 2309.14859), KronA's product (Edalati et al. 2022, arXiv
// 2212.10650) with a factor of low rank. It adds the Kronecker product of two small matrices:
//
//	D = γ w1 ⊗ w2,   D[ia, jb] = γ w1[i, j] w2[a, b]
//
// with w1 ∈ R^{out₁×in₁}, w2 ∈ R^{out₂×in₂}, out = out₁·out₂ and in = in₁·in₂; see [factorize]. As
// in PEFT, w2 is a product w2a w2b of rank r while r is below half of its longer side, and otherwise
// trains as it is, so that the number of parameters no longer depends on r, while γ does. The same
// holds of w1 if both are to be decomposed; it is never a product otherwise. w1 begins at zero, or
// w1a does; all else is uniform on ±1/√fan-in, where the fan-in is the number of columns. What
// begins at zero has role B, the rest has role A.
type loKr struct{}

func (loKr) Traits() Traits { return Ranked | Multiplied | Seeded | Kronecker }

func (loKr) Roles() []nn.Role { return []nn.Role{nn.RoleB, nn.RoleA} }

func (loKr) BeyondTheory() string { return "" }

func (loKr) Attach(arena *nn.Arena, m *nn.Model, c Config, seed uint64) (*Set, error) {
	targets, err := c.targets(m)
	if err != nil {
		return nil, err
	}
	sides := newKroneckerSides(arena, c, targets)
	return attachAddends(arena, m, c, func(l *nn.Linear, shared *workspace) (addend, error) {
		return newKronecker(arena, l, c, seed, sides), nil
	})
}

// Flops counts dW, the entries of D, both sums over its blocks, and products of low rank, once
// forward and once backward, with the gradients of their factors.
func (loKr) Flops(c Config, l *nn.Linear, tokens float64, _ bool) float64 {
	flops := (2*tokens + 6) * float64(l.Out()) * float64(l.In())
	one, two := c.kronecker(l)
	for _, s := range []side{one, two} {
		if s.low {
			flops += 8 * float64(c.Rank*s.rows*s.cols)
		}
	}
	return flops
}

// factorize writes a width as a product of two. If factor divides it, factor is the first.
// Otherwise the first is the largest divisor up to the root of the width and, unless factor is
// zero, up to factor. PEFT's decompose_factor of -1 is a factor of zero.
func factorize(width, factor int) (first, second int) {
	if factor > 0 && width%factor == 0 {
		return factor, width / factor
	}
	first = 1
	for d := 2; d*d <= width && (factor == 0 || d <= factor); d++ {
		if width%d == 0 {
			first = d
		}
	}
	return first, width / first
}

// side is the shape of w1 or w2, and whether it is a product of low rank.
type side struct {
	rows, cols int
	low        bool
}

// kronecker returns the shapes of w1 and w2 of a map.
func (c Config) kronecker(l *nn.Linear) (one, two side) {
	one.rows, two.rows = factorize(l.Out(), c.DecomposeFactor)
	one.cols, two.cols = factorize(l.In(), c.DecomposeFactor)
	one.low = c.DecomposeBoth && 2*c.Rank < max(one.rows, one.cols)
	two.low = 2*c.Rank < max(two.rows, two.cols)
	return one, two
}

// kroneckerSides is memory for w1 and w2 and their gradients where they are products. All maps of a
// run share it.
type kroneckerSides struct{ one, two, dOne, dTwo []float32 }

func newKroneckerSides(arena *nn.Arena, c Config, targets []*nn.Linear) *kroneckerSides {
	var first, second int
	for _, l := range targets {
		one, two := c.kronecker(l)
		if one.low {
			first = max(first, one.rows*one.cols)
		}
		if two.low {
			second = max(second, two.rows*two.cols)
		}
	}
	return &kroneckerSides{arena.Floats(first), arena.Floats(second), arena.Floats(first), arena.Floats(second)}
}

// kronecker is LoKr's D on one map.
type kronecker struct {
	one, two trainedSide // w1 and w2
	gamma    float32
	shared   *kroneckerSides
}

func newKronecker(arena *nn.Arena, l *nn.Linear, c Config, seed uint64, shared *kroneckerSides) *kronecker {
	one, two := c.kronecker(l)
	k := &kronecker{
		one: newTrainedSide(arena, l, c.Rank, one, ".lokr_w1", nn.RoleB),
		two: newTrainedSide(arena, l, c.Rank, two, ".lokr_w2", nn.RoleA), gamma: float32(c.Gamma), shared: shared,
	}
	if arena.Counting {
		return k
	}
	if one.low {
		k.one.right.rows(c.Init, one.cols, seed, "w1b")
	}
	if two.low {
		k.two.left.columns(c.Init, c.Rank, seed, "w2a")
		k.two.right.rows(c.Init, two.cols, seed, "w2b")
	} else {
		k.two.left.rows(Init{}, two.cols, seed, "w2") // its rows are not its rank
	}
	return k
}

func (k *kronecker) params() []nn.Param { return append(k.one.params(), k.two.params()...) }

func (k *kronecker) add(dst blas32.General) {
	w1, w2 := k.one.value(k.shared.one), k.two.value(k.shared.two)
	for at := range dst.Rows {
		out, left, right := row(dst, at), row(w1, at/w2.Rows), row(w2, at%w2.Rows)
		for j, x := range left {
			x *= k.gamma
			block := out[j*len(right):][:len(right)]
			for b, y := range right {
				block[b] += x * y
			}
		}
	}
}

// backward computes the sums over the blocks of dW, each of which is as large as w2:
//
//	dw1[i, j] = γ Σ_ab dW[ia, jb] w2[a, b],   dw2[a, b] = γ Σ_ij dW[ia, jb] w1[i, j].
func (k *kronecker) backward(dW blas32.General) {
	w1, w2 := k.one.value(k.shared.one), k.two.value(k.shared.two)
	d1, d2 := k.one.grad(k.shared.dOne), k.two.grad(k.shared.dTwo)
	for at := range dW.Rows {
		g, i, a := row(dW, at), at/w2.Rows, at%w2.Rows
		right, dRight := row(w2, a), row(d2, a)
		for j, x := range row(w1, i) {
			block := g[j*len(right):][:len(right)]
			d1.Data[i*d1.Stride+j] += float32(float64(k.gamma) * nn.Dot(block, right))
			x *= k.gamma
			for b, v := range block {
				dRight[b] += x * v
			}
		}
	}
	k.one.pass(d1)
	k.two.pass(d2)
}

// trainedSide is w1 or w2: a product of two arrays that train, or the left one of them as it is.
type trainedSide struct {
	side
	product
}

func newTrainedSide(arena *nn.Arena, l *nn.Linear, rank int, s side, name string, role nn.Role) trainedSide {
	if !s.low {
		return trainedSide{s, product{left: newArray(arena, l, name, role, s.rows, s.cols)}}
	}
	return trainedSide{s, product{
		newArray(arena, l, name+"_a", role, s.rows, rank), newArray(arena, l, name+"_b", nn.RoleA, rank, s.cols),
	}}
}

func (s *trainedSide) params() []nn.Param {
	if !s.low {
		return []nn.Param{s.left.Param}
	}
	return []nn.Param{s.left.Param, s.right.Param}
}

// value returns the matrix, in the given memory if it is a product.
func (s *trainedSide) value(memory []float32) blas32.General {
	if !s.low {
		return s.left.value()
	}
	value := shaped(memory, s.rows, s.cols)
	s.compute(value)
	return value
}

// grad returns where the gradient of the matrix is to be added. If the matrix is a product, that is
// zeros in the given memory, and pass passes it on.
func (s *trainedSide) grad(memory []float32) blas32.General {
	if !s.low {
		return s.left.grad()
	}
	d := shaped(memory, s.rows, s.cols)
	clear(d.Data)
	return d
}

// pass adds the gradient of the matrix to those of its factors, if it has any.
func (s *trainedSide) pass(d blas32.General) {
	if s.low {
		s.backward(d)
	}
}
