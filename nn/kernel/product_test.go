package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/blas"
)

const unit = 0x1p-24 // the largest relative error of one rounding

// A product is a call of Sgemm.
type product struct {
	tA, tB        blas.Transpose
	m, n, k       int
	alpha, beta   float32
	a, b, c       []float32
	lda, ldb, ldc int
}

// fill gives p operands of normal variates. Rows of the stored matrices are slack elements
// longer than needed; these elements are NaN, so that reading them shows. No matrix is aligned
// to more than 4 bytes.
func (p *product) fill(rng *rand.Rand, slack int) {
	p.a, p.lda = stored(rng, p.tA, p.m, p.k, slack)
	p.b, p.ldb = stored(rng, p.tB, p.k, p.n, slack)
	p.c, p.ldc = stored(rng, blas.NoTrans, p.m, p.n, slack)
}

// stored returns a matrix X such that op(X) is rows×cols. The slice ends with its last element.
func stored(rng *rand.Rand, t blas.Transpose, rows, cols, slack int) (data []float32, ld int) {
	if t != blas.NoTrans {
		rows, cols = cols, rows
	}
	ld = max(1, cols+slack)
	data = make([]float32, 1+max(0, (rows-1)*ld+cols))[1:]
	for i := range data {
		data[i] = float32(math.NaN())
		if i%ld < cols {
			data[i] = float32(rng.NormFloat64())
		}
	}
	return data, ld
}

// by computes the product with one micro-kernel and returns C; it does not change p.
func (p *product) by(u *micro) []float32 {
	q := *p
	q.c = slices.Clone(p.c)
	q.inPlace(u)
	return q.c
}

// inPlace computes the product with one micro-kernel and overwrites C.
func (p *product) inPlace(u *micro) {
	Implementation{micro: u}.Sgemm(p.tA, p.tB, p.m, p.n, p.k, p.alpha, p.a, p.lda, p.b, p.ldb, p.beta, p.c, p.ldc)
}

// at returns element (i, j) of op(x).
func at(x []float32, ld int, t blas.Transpose, i, j int) float64 {
	if t != blas.NoTrans {
		i, j = j, i
	}
	return float64(x[i*ld+j])
}

// reference computes an element of C in float64, and the sum of magnitudes in its error bound.
func (p *product) reference(i, j int) (value, magnitude float64) {
	if p.alpha != 0 {
		var abs float64
		for l := range p.k {
			x := at(p.a, p.lda, p.tA, i, l) * at(p.b, p.ldb, p.tB, l, j)
			value += x
			abs += math.Abs(x)
		}
		value *= float64(p.alpha)
		magnitude = math.Abs(float64(p.alpha)) * abs
	}
	if p.beta != 0 {
		old := float64(p.beta) * float64(p.c[i*p.ldc+j])
		value += old
		magnitude += math.Abs(old)
	}
	return value, magnitude
}

// compare returns an error if c is not the product to within the bound stated
// at Sgemm, or if the slack of C was written.
func (p *product) compare(c []float32) error {
	roundings := float64(p.k+3) * unit
	bound := roundings / (1 - roundings) // higher orders included
	for e, got := range c {
		i, j := e/p.ldc, e%p.ldc
		if j >= p.n {
			if got == got {
				return fmt.Errorf("%v: c[%d], beyond row %d, was written: %v", p, e, i, got)
			}
			continue
		}
		want, magnitude := p.reference(i, j)
		same := float64(got) == want || got != got && want != want
		if !same && !(math.Abs(float64(got)-want) <= bound*magnitude) {
			return fmt.Errorf("%v: c[%d,%d] = %v, want %v ± %.2g", p, i, j, got, want, bound*magnitude)
		}
	}
	return nil
}

func (p *product) String() string {
	return fmt.Sprintf("%c%c %d×%d×%d, alpha %v, beta %v, ldc %d", p.tA, p.tB, p.m, p.n, p.k, p.alpha, p.beta, p.ldc)
}
