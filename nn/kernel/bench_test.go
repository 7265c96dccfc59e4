package kernel

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// A layout is a pair of transposes, named for the product that it computes in a linear layer.
type layout struct {
	name   string
	tA, tB blas.Transpose
}

var (
	forward = layout{"NT", blas.NoTrans, blas.Trans}   // y = x Wᵀ
	input   = layout{"NN", blas.NoTrans, blas.NoTrans} // dx = dy W
	weight  = layout{"TN", blas.Trans, blas.NoTrans}   // dW = dyᵀ x
)

// shapes are the products of a model of width 256 and feed-forward width 688
// over 1024 tokens, with adapters of several ranks.
func shapes() []product {
	var list []product
	add := func(l layout, m, n, k int) {
		list = append(list, product{tA: l.tA, tB: l.tB, m: m, n: n, k: k})
	}
	linear := func(tokens, in, out int) {
		add(forward, tokens, out, in)
		add(input, tokens, in, out)
		add(weight, out, in, tokens)
	}
	add(layout{"NN", blas.NoTrans, blas.NoTrans}, 512, 512, 512)
	linear(1024, 256, 256)
	linear(1024, 256, 688)
	linear(1024, 688, 256)
	for _, rank := range []int{4, 8, 64, 512, 2048} {
		linear(1024, 256, rank)
		linear(1024, rank, 256)
	}
	add(forward, 64, 256, 64)
	add(input, 64, 64, 256)
	add(weight, 256, 64, 64)
	return list
}

func (p *product) benchmark(b *testing.B, sgemm func(tA, tB blas.Transpose, m, n, k int, alpha float32, a []float32,
	lda int, b []float32, ldb int, beta float32, c []float32, ldc int)) {
	q := *p
	q.fill(newRand(), 0)
	for _, x := range []*[]float32{&q.a, &q.b, &q.c} {
		*x = slices.Clone(*x) // aligned
	}
	for b.Loop() {
		sgemm(q.tA, q.tB, q.m, q.n, q.k, 1, q.a, q.lda, q.b, q.ldb, 0, q.c, q.ldc)
	}
	gflops(b, 2*q.m*q.n*q.k)
}

// gflops reports the rate of a benchmark whose iteration does flops operations.
func gflops(b *testing.B, flops int) {
	b.ReportMetric(float64(flops)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOPS")
}

func BenchmarkSgemm(b *testing.B) {
	for _, p := range shapes() {
		shape := fmt.Sprintf("%c%c/%dx%dx%d", p.tA, p.tB, p.m, p.n, p.k)
		for _, u := range available {
			b.Run(shape+"/"+u.name, func(b *testing.B) { p.benchmark(b, Implementation{micro: u}.Sgemm) })
		}
		b.Run(shape+"/gonum", func(b *testing.B) { p.benchmark(b, gonum.Implementation{}.Sgemm) })
	}
}

// BenchmarkBF16 multiplies by weights in bfloat16 with every kernel of pairs, and for comparison
// with Sgemm after expanding them to float32, which takes twice the memory, as Sgemm/NN reads
// them.
func BenchmarkBF16(b *testing.B) {
	for _, size := range [][3]int{{1024, 256, 256}, {1024, 688, 256}, {1024, 256, 688}, {512, 512, 512}} {
		p := product{tA: blas.NoTrans, tB: blas.NoTrans, m: size[0], n: size[1], k: size[2]}
		p.fill(newRand(), 0)
		m := NewBF16(general(p.k, p.n, p.b, p.ldb), blas.NoTrans)
		a, c := general(p.m, p.k, p.a, p.lda), general(p.m, p.n, p.c, p.ldc)
		run := func(name string, multiply func()) {
			b.Run(fmt.Sprintf("%dx%dx%d/%s", p.m, p.n, p.k, name), func(b *testing.B) {
				for b.Loop() {
					multiply()
				}
				gflops(b, 2*p.m*p.n*p.k)
			})
		}
		for _, u := range pairKernels() {
			if u != &bf16Portable {
				run(u.name, func() { m.multiply(u, c, a, false) })
			}
		}
		whole := make([]float32, p.k*p.n)
		run("expanded", func() {
			m.expand(whole)
			Implementation{}.Sgemm(p.tA, p.tB, p.m, p.n, p.k, 1, p.a, p.lda, whole, p.n, 0, p.c, p.ldc)
		})
		run("float32", func() {
			Implementation{}.Sgemm(p.tA, p.tB, p.m, p.n, p.k, 1, p.a, p.lda, p.b, p.ldb, 0, p.c, p.ldc)
		})
	}
}

// expand writes the elements of m to dst by rows; K is even.
func (m *BF16) expand(dst []float32) {
	for i := 0; i < m.K; i += 2 {
		even, odd := dst[i*m.N:][:m.N], dst[(i+1)*m.N:][:m.N]
		for j, w := range m.words[i/2*m.N:][:m.N] {
			bits := math.Float32bits(w)
			even[j], odd[j] = math.Float32frombits(bits<<16), math.Float32frombits(bits&0xffff0000)
		}
	}
}

// BenchmarkTile measures a micro-kernel alone, on data in the L1 cache: the peak with which
// Sgemm is compared.
func BenchmarkTile(b *testing.B) {
	for _, u := range available {
		b.Run(u.name, func(b *testing.B) { u.benchmark(b, 1) })
	}
	for _, u := range pairKernels() {
		b.Run("bf16/"+u.name, func(b *testing.B) { u.benchmark(b, 2) })
	}
}

// benchmark measures a tile; one step along k multiplies the given number of elements of each
// row and column.
func (u *micro) benchmark(b *testing.B, elements int) {
	rows, cols, k := u.rows, u.widest(), 128
	p := product{tA: blas.Trans, tB: blas.NoTrans, m: rows, n: cols, k: k}
	p.fill(newRand(), 0)
	for b.Loop() {
		u.tile(rows, cols, k, p.a, 1, p.lda, p.b, p.ldb, p.c, p.ldc, 1, 1)
	}
	gflops(b, 2*rows*cols*k*elements)
}
