package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"ranksweep/nn/heaptest"
)

var transposes = []blas.Transpose{blas.NoTrans, blas.Trans, blas.ConjTrans}

// forEachKernel runs a test with every kernel that this CPU has.
func forEachKernel(t *testing.T, test func(t *testing.T, u *micro)) {
	for _, u := range available {
		t.Run(u.name, func(t *testing.T) { test(t, u) })
	}
}

func newRand() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

// random returns a product with operands of its own.
func random(rng *rand.Rand, m, n, k int) product {
	p := product{
		tA: transposes[rng.IntN(3)], tB: transposes[rng.IntN(3)],
		m: m, n: n, k: k,
		alpha: 1, beta: -0.5,
	}
	p.fill(rng, rng.IntN(4))
	return p
}

func TestSgemm(t *testing.T) {
	forEachKernel(t, func(t *testing.T, u *micro) {
		rng := newRand()
		for _, m := range []int{0, 1, 2, u.rows, u.rows + 1, 128 + 1} {
			for _, n := range []int{0, 1, 7, 9, 17, u.widest(), u.widest() + 1} {
				for _, k := range []int{0, 1, 3, 17, maxK + 1} {
					for _, tA := range transposes {
						for _, tB := range transposes {
							p := product{tA: tA, tB: tB, m: m, n: n, k: k, alpha: 1}
							p.fill(rng, rng.IntN(3))
							if err := p.compare(p.by(u)); err != nil {
								t.Fatal(err)
							}
						}
					}
				}
			}
		}
	})
}

func TestTilesOfEverySize(t *testing.T) {
	forEachKernel(t, func(t *testing.T, u *micro) {
		rng := newRand()
		for m := 1; m <= u.rows; m++ {
			for n := 1; n <= u.widest(); n++ {
				for _, beta := range []float32{0, -0.5} {
					p := random(rng, m, n, 3)
					p.beta = beta
					if err := p.compare(p.by(u)); err != nil {
						t.Error(err)
					}
				}
			}
		}
	})
}

func TestSgemmAcrossBlocks(t *testing.T) {
	forEachKernel(t, func(t *testing.T, u *micro) {
		rng := newRand()
		for _, size := range [][3]int{{2, maxN + 1, 3}, {3, 5, 2*maxK + 1}, {127, 61, 521}} {
			p := random(rng, size[0], size[1], size[2])
			if err := p.compare(p.by(u)); err != nil {
				t.Error(err)
			}
		}
	})
}

// Rows of A that share cache sets are handled by code of their own.
func TestCrowdedRows(t *testing.T) {
	forEachKernel(t, func(t *testing.T, u *micro) {
		for _, k := range []int{1, maxK, setSpan} {
			p := product{tA: blas.NoTrans, tB: blas.NoTrans, m: 2*u.rows + 1, n: 5, k: k, alpha: 1}
			p.fill(newRand(), setSpan-k)
			if !operand(p.a, p.lda, p.tA).crowded() {
				t.Fatal("the rows of A do not crowd")
			}
			if err := p.compare(p.by(u)); err != nil {
				t.Error(err)
			}
		}
	})
}

// So are columns of A and rows of B.
func TestCrowdedSteps(t *testing.T) {
	forEachKernel(t, func(t *testing.T, u *micro) {
		for _, m := range []int{1, readInPlace * u.rows, readInPlace*u.rows + 1, setSpan / 2} {
			for _, n := range []int{5, 3 * u.widest(), 3*u.widest() + 1} {
				p := product{tA: blas.Trans, tB: blas.NoTrans, m: m, n: n, k: maxK, alpha: 1}
				p.a, p.lda = crowding(m, p.k)
				p.b, p.ldb = crowding(n, p.k)
				p.c, p.ldc = stored(newRand(), blas.NoTrans, m, n, 1)
				if !operand(p.a, p.lda, p.tA).crowded() || !crowd(p.ldb) {
					t.Fatal("A or B does not crowd")
				}
				if err := p.compare(p.by(u)); err != nil {
					t.Error(err)
				}
			}
		}
	})
}

// So are columns of A that do not crowd, but are read often.
func TestSpreadColumns(t *testing.T) {
	forEachKernel(t, func(t *testing.T, u *micro) {
		rng := newRand()
		for m := 1; m <= 3*u.rows; m++ {
			p := product{tA: blas.Trans, tB: blas.NoTrans, m: m, n: spreadPanels*u.widest() + 1, k: maxK + 1, alpha: 1}
			p.fill(rng, 1)
			if operand(p.a, p.lda, p.tA).crowded() {
				t.Fatal("A crowds")
			}
			if err := p.compare(p.by(u)); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestCopyStrip: every kernel puts columns where spread expects them.
func TestCopyStrip(t *testing.T) {
	const cols, stride = 5, 19
	src := normal(newRand(), cols*stride, 1)
	forEachKernel(t, func(t *testing.T, u *micro) {
		for rows := 1; rows <= u.rows; rows++ {
			dst := make([]float32, cols*u.spreadColumn())
			u.copyStrip(rows, cols, dst, src, stride)
			for p := range cols {
				if got, want := dst[p*u.spreadColumn():][:rows], src[p*stride:][:rows]; !slices.Equal(got, want) {
					t.Errorf("%d rows: column %d is %v, want %v", rows, p, got, want)
				}
			}
		}
	})
}

// crowding returns a matrix with the given number of columns whose rows crowd.
func crowding(cols, rows int) (data []float32, ld int) {
	const half = setSpan / 2
	return stored(newRand(), blas.NoTrans, rows, cols, (half-cols%half)%half)
}

func TestAlphaAndBeta(t *testing.T) {
	forEachKernel(t, func(t *testing.T, u *micro) {
		rng := newRand()
		for _, alpha := range []float32{0, 1, -0.5} {
			for _, beta := range []float32{0, 1, -0.5} {
				for _, k := range []int{0, 2, maxK + 1} {
					p := random(rng, 19, 41, k)
					p.alpha, p.beta = alpha, beta
					if err := p.compare(p.by(u)); err != nil {
						t.Error(err)
					}
				}
			}
		}
	})
}

// A NaN must show if BLAS says that the operand is read, and must not show if BLAS says that it
// is not.
func TestNaNAndInfinityPropagate(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	forEachKernel(t, func(t *testing.T, u *micro) {
		rng := newRand()
		for _, bad := range []float32{nan, inf, -inf} {
			for _, alpha := range []float32{0, 1} {
				for _, beta := range []float32{0, 1} {
					p := product{tA: blas.NoTrans, tB: blas.Trans, m: 17, n: 37, k: maxK + 5, alpha: alpha, beta: beta}
					p.fill(rng, 0)
					clear(p.b[:len(p.b)/2]) // a factor of zero does not hide a NaN
					p.a[rng.IntN(len(p.a))] = bad
					p.b[rng.IntN(len(p.b))] = bad
					p.c[rng.IntN(len(p.c))] = bad
					if err := p.compare(p.by(u)); err != nil {
						t.Error(err)
					}
				}
			}
		}
	})
}

func TestCompareFindsAWrongElement(t *testing.T) {
	p := product{tA: blas.NoTrans, tB: blas.NoTrans, m: 5, n: 6, k: 7, alpha: 1}
	p.fill(newRand(), 1)
	right := p.by(&portable)
	if err := p.compare(right); err != nil {
		t.Fatal(err)
	}
	for _, e := range []int{0, len(right) - 1} {
		wrong := slices.Clone(right)
		wrong[e] *= 1 + 1e-3
		if p.compare(wrong) == nil {
			t.Errorf("c[%d] = %v in place of %v was not noticed", e, wrong[e], right[e])
		}
	}
	right[p.n] = 0
	if p.compare(right) == nil {
		t.Error("a write beyond a row was not noticed")
	}
}

// For each argument that can be wrong, the panic must be the same as gonum's.
func TestPanicsAsGonum(t *testing.T) {
	cases := []struct {
		name  string
		spoil func(p *product)
	}{
		{"transpose of A", func(p *product) { p.tA = 'X' }},
		{"transpose of B", func(p *product) { p.tB = 'X' }},
		{"m", func(p *product) { p.m = -1 }},
		{"n", func(p *product) { p.n = -1 }},
		{"k", func(p *product) { p.k = -1 }},
		{"leading dimension of A", func(p *product) { p.lda = 1 }},
		{"leading dimension of B", func(p *product) { p.ldb = 1 }},
		{"leading dimension of C", func(p *product) { p.ldc = 1 }},
		{"length of A", func(p *product) { p.a = p.a[1:] }},
		{"length of B", func(p *product) { p.b = p.b[1:] }},
		{"length of C", func(p *product) { p.c = p.c[1:] }},
	}
	panics := func(b blas.Float32, p product) (reason any) {
		defer func() { reason = recover() }()
		b.Sgemm(p.tA, p.tB, p.m, p.n, p.k, p.alpha, p.a, p.lda, p.b, p.ldb, p.beta, p.c, p.ldc)
		return nil
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := random(newRand(), 3, 4, 5)
			c.spoil(&p)
			got, want := panics(Implementation{}, p), panics(gonum.Implementation{}, p)
			if got == nil || got != want {
				t.Errorf("panics with %v, gonum with %v", got, want)
			}
		})
	}
}

// A product cut by rows and columns of C must give the bytes of the whole.
func TestCutProductGivesTheSameBytes(t *testing.T) {
	forEachKernel(t, func(t *testing.T, u *micro) {
		rng := newRand()
		for range 10 {
			m, n := 2+rng.IntN(150), 2+rng.IntN(150)
			p := random(rng, m, n, 1+rng.IntN(600))
			i, j := 1+rng.IntN(m-1), 1+rng.IntN(n-1)
			whole := p.by(u)

			part := p
			part.m, part.n = m-i, n-j
			part.a = operand(p.a, p.lda, p.tA).from(i, 0).data
			part.b = operand(p.b, p.ldb, p.tB).from(0, j).data
			part.c = p.c[i*p.ldc+j:]
			c := part.by(u)
			for row := range part.m {
				if !sameBits(c[row*p.ldc:][:part.n], whole[(i+row)*p.ldc+j:][:part.n]) {
					t.Fatalf("%v: row %d differs in %v", &p, i+row, &part)
				}
			}
		}
	})
}

func TestConcurrentCallsGiveTheSameBytes(t *testing.T) {
	forEachKernel(t, func(t *testing.T, u *micro) {
		p := random(newRand(), 150, 140, 300)
		want := p.by(u)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 5 {
					if !sameBits(p.by(u), want) {
						t.Error("a concurrent call gave other bytes")
					}
				}
			})
		}
		wg.Wait()
	})
}

// sameBits reports whether x and y are equal, NaN included.
func sameBits(x, y []float32) bool {
	return slices.EqualFunc(x, y, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
}

func TestSgemmDoesNotAllocate(t *testing.T) {
	forEachKernel(t, func(t *testing.T, u *micro) {
		impl := Implementation{micro: u}
		rng := newRand()
		for _, size := range [][3]int{{64, 64, 64}, {100, 4, 300}, {4, 100, 300}, {130, 530, 20}} {
			p := random(rng, size[0], size[1], size[2])
			allocs := heaptest.Allocations(5, func() {
				impl.Sgemm(p.tA, p.tB, p.m, p.n, p.k, p.alpha, p.a, p.lda, p.b, p.ldb, p.beta, p.c, p.ldc)
			})
			if allocs != 0 {
				t.Errorf("%v: %d allocations in some calls", &p, allocs)
			}
		}
	})
}

func FuzzSgemm(f *testing.F) {
	f.Add(uint8(3), uint8(5), uint16(7), uint8(0), float32(1), float32(0), uint64(1))
	f.Add(uint8(128+1), uint8(33), uint16(maxK+1), uint8(7), float32(-0.5), float32(2), uint64(2))
	f.Add(uint8(15), uint8(17), uint16(0), uint8(5), float32(0), float32(1), uint64(3))
	f.Fuzz(func(t *testing.T, m, n uint8, k uint16, how uint8, alpha, beta float32, seed uint64) {
		// Without overflow or underflow the bound holds.
		for _, x := range []float32{alpha, beta} {
			if a := math.Abs(float64(x)); a != 0 && !(1e-10 < a && a < 1e10) {
				t.Skip("alpha or beta is out of the range of the error bound")
			}
		}
		p := product{
			tA: transposes[how%3], tB: transposes[how/3%3],
			m: int(m), n: int(n), k: int(k) % 1024,
			alpha: alpha, beta: beta,
		}
		p.fill(rand.New(rand.NewPCG(seed, 0)), int(how/9)%8)
		for _, u := range available {
			if err := p.compare(p.by(u)); err != nil {
				t.Errorf("%s: %v", u.name, err)
			}
		}
	})
}

func TestStride(t *testing.T) {
	for cols := range 5000 {
		s := Stride(cols)
		if cols > 0 && crowd(s) || s < cols || s > cols && !crowd(cols) {
			t.Errorf("rows of %d columns are %d apart", cols, s)
		}
	}
}
