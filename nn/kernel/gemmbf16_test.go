package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn/heaptest"
)

// gemmBF16 computes the product with one micro-kernel of pairs, rounding both factors, and returns C.
func (p *product) gemmBF16(u *micro) []float32 {
	q := *p
	q.c = slices.Clone(p.c)
	q.gemmBF16InPlace(u)
	return q.c
}

func (p *product) gemmBF16InPlace(u *micro) {
	a, b := operandOf(p.tA, p.m, p.k, p.a, p.lda), operandOf(p.tB, p.k, p.n, p.b, p.ldb)
	u.gemmBF16(p.tA, p.tB, p.alpha, a, b, p.beta, general(p.m, p.n, p.c, p.ldc))
}

// operandOf returns the stored matrix X of an op(X) that is rows×cols.
func operandOf(t blas.Transpose, rows, cols int, data []float32, ld int) blas32.General {
	if t != blas.NoTrans {
		rows, cols = cols, rows
	}
	return general(rows, cols, data, ld)
}

// oddShapes yields products around the sizes of tiles and of blocks along K, of every order of their factors.
func oddShapes(rng *rand.Rand, u *micro, test func(p product)) {
	for _, m := range []int{0, 1, 2, u.rows, u.rows + 1, 43} {
		for _, n := range []int{0, 1, 7, 9, 17, u.widest(), u.widest() + 1} {
			for _, k := range []int{0, 1, 2, 3, 17, 2*maxK + 1} {
				p := random(rng, m, n, k)
				p.fill(rng, rng.IntN(4))
				test(p)
			}
		}
	}
}

// The result is the product of the rounded factors, within the bound of float32, if nothing is tiny.
func TestGemmBF16(t *testing.T) {
	forEachBF16(t, func(t *testing.T, u *micro) {
		oddShapes(newRand(), u, func(p product) {
			rounded := p.rounded()
			if err := rounded.compare(p.gemmBF16(u)); err != nil {
				t.Fatal(err)
			}
		})
	})
}

// Every kernel gives the bytes of the portable one, also for denormal numbers, overflow and NaN.
func TestGemmBF16KernelsGiveTheSameBytes(t *testing.T) {
	rng := newRand()
	for range 100 {
		p := random(rng, 1+rng.IntN(30), 1+rng.IntN(70), 1+rng.IntN(60))
		p.fill(rng, rng.IntN(4))
		p.spoil(rng)
		want := p.gemmBF16(&bf16Portable)
		for _, u := range pairKernels() {
			if got := p.gemmBF16(u); !slices.EqualFunc(got, want, sameOrNaN) {
				t.Fatalf("%v: %s gives other bytes than the portable kernel", &p, u.name)
			}
		}
	}
}

// A factor that is rounded in the product gives the bytes of one that was rounded before.
func TestGemmBF16GivesTheBytesOfBF16(t *testing.T) {
	forEachBF16(t, func(t *testing.T, u *micro) {
		oddShapes(newRand(), u, func(p product) {
			p.tA, p.alpha, p.beta = blas.NoTrans, 1, 1
			p.fill(newRand(), 1)
			if got, want := p.gemmBF16(u), p.bf16(u); !slices.EqualFunc(got, want, sameOrNaN) {
				t.Fatalf("%v: other bytes than by a BF16", &p)
			}
		})
	})
}

// No element depends on the order in which a factor is stored.
func TestGemmBF16OrdersGiveTheSameBytes(t *testing.T) {
	forEachBF16(t, func(t *testing.T, u *micro) {
		for _, size := range [][3]int{{43, 33, 2*maxK + 1}, {5, 70, 31}, {29, 9, 2}} {
			p := product{tA: blas.NoTrans, tB: blas.NoTrans, m: size[0], n: size[1], k: size[2], alpha: 0.5, beta: 2}
			p.fill(newRand(), 0)
			want := p.gemmBF16(u)
			other := p
			other.tA, other.a, other.lda = blas.Trans, transposedOf(p.a, p.m, p.k), p.m
			other.tB, other.b, other.ldb = blas.Trans, transposedOf(p.b, p.k, p.n), p.k
			if !sameBits(other.gemmBF16(u), want) {
				t.Errorf("%v: other bytes than the same product, transposed", &p)
			}
		}
	})
}

// transposedOf returns the columns of a rows×cols matrix.
func transposedOf(x []float32, rows, cols int) []float32 {
	y := make([]float32, len(x))
	transpose(cols, rows, y, rows, x, cols)
	return y
}

func TestGemmBF16CutProductGivesTheSameBytes(t *testing.T) {
	forEachBF16(t, func(t *testing.T, u *micro) {
		rng := newRand()
		for _, size := range [][3]int{{300, 40, 301}, {40, 700, 64}, {3, 900, 600}} {
			p := random(rng, size[0]/portableSlowness(u), size[1], size[2])
			p.fill(rng, 0)
			alone := p.gemmBF16(u)
			helped(2, func() {
				if !sameBits(p.gemmBF16(u), alone) {
					t.Errorf("%v: with helpers other bytes than alone", &p)
				}
			})
		}
	})
}

// Matrices of every size are rounded as by the portable function, into the same words beyond their columns.
func TestPairRows(t *testing.T) {
	rng := newRand()
	forEachBF16(t, func(t *testing.T, u *micro) {
		for cols := 1; cols <= u.widest(); cols++ {
			for _, rows := range []int{1, 2, 3, 8, 9} {
				ss := cols + rng.IntN(3)
				x := make([]float32, 1+(rows-1)*ss+cols)[1:]
				for i := range x {
					x[i] = edge(rng)
				}
				width := u.fit(cols)
				got, want := make([]float32, (rows+1)/2*width), make([]float32, (rows+1)/2*width)
				for i := range got {
					got[i] = float32(math.NaN())
				}
				u.pairRows(rows, cols, width, got, x, ss)
				pairRows(rows, cols, width, want, x, ss)
				if !sameBits(got, want) {
					t.Fatalf("%d rows of %d elements are rounded otherwise", rows, cols)
				}
			}
		}
	})
}

func TestGemmBF16DoesNotAllocate(t *testing.T) {
	forEachBF16(t, func(t *testing.T, u *micro) {
		for _, tA := range []blas.Transpose{blas.NoTrans, blas.Trans} {
			for _, tB := range []blas.Transpose{blas.NoTrans, blas.Trans} {
				p := product{tA: tA, tB: tB, m: 30, n: 50, k: 70, alpha: 1}
				p.fill(newRand(), 0)
				if n := heaptest.Allocations(5, func() { p.gemmBF16InPlace(u) }); n != 0 {
					t.Errorf("%v: %d allocations in some products", &p, n)
				}
			}
		}
	})
}

func TestGemmBF16PanicsOnBadArguments(t *testing.T) {
	whole, zeros := general(3, 4, make([]float32, 12), 4), func(n int) []float32 { return make([]float32, n) }
	const no, yes = blas.NoTrans, blas.Trans
	for name, do := range map[string]func(){
		"a short B":   func() { GemmBF16(no, no, 1, whole, general(4, 4, zeros(15), 4), 0, whole) },
		"a short C":   func() { GemmBF16(yes, no, 1, whole, whole, 0, general(4, 4, zeros(9), 4)) },
		"no order":    func() { GemmBF16('x', no, 1, whole, whole, 0, whole) },
		"a low lda":   func() { GemmBF16(yes, yes, 1, general(3, 4, zeros(12), 3), whole, 0, whole) },
		"other depth": func() { GemmBF16(no, no, 1, whole, whole, 0, whole) },
	} {
		if !panics(do) {
			t.Errorf("%s did not panic", name)
		}
	}
}

func panics(do func()) (panicked bool) {
	defer func() { panicked = recover() != nil }()
	do()
	return
}

// As BLAS has it: C is not read if beta is zero, nor A and B if alpha is.
func TestGemmBF16ReadsWhatCounts(t *testing.T) {
	nan := float32(math.NaN())
	c := general(1, 1, []float32{nan}, 1)
	one, bad := general(1, 1, []float32{2}, 1), general(1, 1, []float32{nan}, 1)
	if GemmBF16(blas.NoTrans, blas.NoTrans, 3, one, one, 0, c); c.Data[0] != 12 {
		t.Errorf("with beta 0: %g, want 12", c.Data[0])
	}
	if GemmBF16(blas.NoTrans, blas.NoTrans, 0, bad, one, 0.5, c); c.Data[0] != 6 {
		t.Errorf("with alpha 0: %g, want 6", c.Data[0])
	}
	if GemmBF16(blas.NoTrans, blas.NoTrans, 1, bad, general(1, 1, []float32{0}, 1), 1, c); c.Data[0] == c.Data[0] {
		t.Errorf("NaN times zero is %g", c.Data[0])
	}
	if GemmBF16(blas.NoTrans, blas.NoTrans, 1, general(1, 0, nil, 1), general(0, 1, nil, 1), 0, c); c.Data[0] != 0 {
		t.Errorf("a sum of nothing is %g", c.Data[0])
	}
}

// BenchmarkGemmBF16 has the products of BenchmarkSgemm with both factors rounded to bfloat16.
func BenchmarkGemmBF16(b *testing.B) {
	for _, p := range shapes() {
		for _, u := range pairKernels() {
			if u == &bf16Portable {
				continue
			}
			b.Run(fmt.Sprintf("%c%c/%dx%dx%d/%s", p.tA, p.tB, p.m, p.n, p.k, u.name), func(b *testing.B) {
				q := p
				q.alpha = 1
				q.fill(newRand(), 0)
				for b.Loop() {
					q.gemmBF16InPlace(u)
				}
				gflops(b, 2*p.m*p.n*p.k)
			})
		}
	}
}
