package kernel

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn/heaptest"
)

// pairKernels returns the kernels of pairs that this CPU can run, best first.
func pairKernels() []*micro {
	var all []*micro
	for _, u := range available {
		if !slices.Contains(all, u.bf16) {
			all = append(all, u.bf16)
		}
	}
	return all
}

// forEachBF16 runs a test with each kernel of pairs.
func forEachBF16(t *testing.T, test func(t *testing.T, u *micro)) {
	for _, u := range pairKernels() {
		t.Run(u.name, func(t *testing.T) { test(t, u) })
	}
}

// general returns a matrix in the form of blas32.
func general(rows, cols int, data []float32, ld int) blas32.General {
	return blas32.General{Rows: rows, Cols: cols, Data: data, Stride: ld}
}

// bf16 computes the product with one micro-kernel of pairs and returns C; A is not transposed.
func (p *product) bf16(u *micro) []float32 {
	q := *p
	q.c = slices.Clone(p.c)
	q.bf16InPlace(u)
	return q.c
}

func (p *product) bf16InPlace(u *micro) {
	b := general(p.k, p.n, p.b, p.ldb)
	if p.tB != blas.NoTrans {
		b = general(p.n, p.k, p.b, p.ldb)
	}
	NewBF16(b, p.tB).multiply(u, general(p.m, p.n, p.c, p.ldc), general(p.m, p.k, p.a, p.lda), p.beta != 0)
}

// randomBF16 returns a product that a BF16 can do.
func randomBF16(rng *rand.Rand, m, n, k int) product {
	p := random(rng, m, n, k)
	p.tA, p.beta = blas.NoTrans, float32(rng.IntN(2))
	p.fill(rng, rng.IntN(4))
	return p
}

// rounded returns p with its factors rounded to bfloat16, so that a BF16 holds them without
// loss.
func (p *product) rounded() product {
	q := *p
	q.a, q.b = slices.Clone(p.a), slices.Clone(p.b)
	RoundBF16(q.a)
	RoundBF16(q.b)
	return q
}

// The result is the product of the rounded factors, within the bound of float32, if nothing is
// tiny.
func TestBF16(t *testing.T) {
	forEachBF16(t, func(t *testing.T, u *micro) {
		rng := newRand()
		for _, m := range []int{0, 1, 2, u.rows, u.rows + 1, 43} {
			for _, n := range []int{0, 1, 7, 9, 17, u.widest(), u.widest() + 1} {
				for _, k := range []int{0, 1, 2, 3, 17, 2*maxK + 1} {
					p := randomBF16(rng, m, n, k)
					rounded := p.rounded()
					if err := rounded.compare(p.bf16(u)); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	})
}

// With factors that were not rounded the result stays within the bound stated at BF16, but not
// within a tenth of it.
func TestBF16ErrorIsWithinItsBound(t *testing.T) {
	const half = 0x1p-9
	rng := newRand()
	worst := 0.
	for range 20 {
		p := randomBF16(rng, 1+rng.IntN(9), 1+rng.IntN(9), 1+rng.IntN(700))
		p.beta = 0
		for i, got := range p.bf16(inUse.bf16) {
			if i%p.ldc >= p.n {
				continue
			}
			want, magnitude := p.reference(i/p.ldc, i%p.ldc)
			bound := (2*half + half*half + float64(p.k+p.k/(2*maxK)+2)*unit) * magnitude
			worst = max(worst, math.Abs(float64(got)-want)/bound)
		}
	}
	if worst > 1 || worst < 0.1 {
		t.Errorf("the largest error is %.2f of its bound", worst)
	}
}

// edge returns an element at the edges of what bfloat16 and float32 can hold.
func edge(rng *rand.Rand) float32 {
	x := math.Float32frombits(rng.Uint32())
	switch rng.IntN(6) {
	case 0: // products and sums around the smallest normal number
		x = float32(math.Ldexp(float64(tame(x)), -64+rng.IntN(4)))
	case 1:
		x = float32(math.Ldexp(float64(tame(x)), -120-rng.IntN(20)))
	case 2:
		x = float32(math.Ldexp(float64(tame(x)), 60+rng.IntN(60)))
	case 3:
		x = tame(x)
	}
	return x
}

// Every kernel gives the bytes of the portable one, also for denormal numbers and overflow, and
// however a product is cut.
func TestBF16KernelsGiveTheSameBytes(t *testing.T) {
	rng := newRand()
	for range 60 {
		p := randomBF16(rng, 1+rng.IntN(30), 1+rng.IntN(70), 1+rng.IntN(60))
		p.spoil(rng)
		if err := p.sameBF16(); err != nil {
			t.Fatal(err)
		}
	}
}

// spoil replaces some of the factors by edges.
func (p *product) spoil(rng *rand.Rand) {
	scale := []float32{1, 0x1p-63, 0x1p63}[rng.IntN(3)]
	for _, x := range [][]float32{p.a, p.b} {
		for i := range x {
			x[i] *= scale
			if rng.IntN(20) == 0 {
				x[i] = edge(rng)
			}
		}
	}
}

// sameBF16 returns how kernels of pairs differ on p.
func (p *product) sameBF16() error {
	want := p.bf16(&bf16Portable)
	for _, v := range available {
		if got := p.bf16(v.bf16); !slices.EqualFunc(got, want, sameOrNaN) {
			i := 0
			for sameOrNaN(got[i], want[i]) {
				i++
			}
			return fmt.Errorf("%v: element %d is %g by %s, %g by the portable kernel", p, i, got[i], v.bf16.name,
				want[i])
		}
	}
	return nil
}

func FuzzBF16(f *testing.F) {
	var seed []byte
	for _, x := range []float32{1, 0x1p-63, 0x1.fep-64, -0x1p-126, 0x1p-140, math.MaxFloat32, float32(math.NaN()), 3} {
		seed = binary.LittleEndian.AppendUint32(seed, math.Float32bits(x))
	}
	f.Add(uint8(1), seed)
	f.Add(uint8(17), append(seed, seed...))
	f.Fuzz(func(t *testing.T, n uint8, data []byte) {
		width := 1 + int(n)%40
		var x []float32
		for ; len(data) >= 4 && len(x) < 4000; data = data[4:] {
			x = append(x, math.Float32frombits(binary.LittleEndian.Uint32(data)))
		}
		// A has one row; the rest goes to B.
		k := len(x) / (1 + width)
		p := product{tA: blas.NoTrans, tB: blas.NoTrans, m: 1, n: width, k: k, alpha: 1, a: x[:k], lda: max(1, k),
			b: x[k : k+k*width], ldb: width, c: make([]float32, width), ldc: width}
		if err := p.sameBF16(); err != nil {
			t.Error(err)
		}
	})
}

func TestBF16RoundsToNearestEven(t *testing.T) {
	inf := float32(math.Inf(1))
	for _, c := range []struct{ x, want float32 }{
		{1, 1}, {-1.5, -1.5}, {0, 0}, {inf, inf}, {-inf, -inf},
		{1 + 0x1p-8, 1}, {1 + 0x1p-8 + 0x1p-23, 1 + 0x1p-7}, // a half goes to even; above it, up
		{1 + 0x3p-8, 1 + 0x1p-6}, // a half goes to even, up
		{math.MaxFloat32, inf},
		{0x1p-126 - 0x1p-149, 0x1p-126},
	} {
		x := []float32{c.x}
		RoundBF16(x)
		if x[0] != c.want {
			t.Errorf("%g is rounded to %g, want %g", c.x, x[0], c.want)
		}
	}
	for _, bits := range []uint32{0x7f800001, 0x7fffffff, 0xffffffff, 0xff800001} {
		x := []float32{math.Float32frombits(bits)}
		RoundBF16(x)
		if x[0] == x[0] {
			t.Errorf("NaN %#x is rounded to %g", bits, x[0])
		}
	}
}

// Slices of every length are rounded as by the portable function.
func TestRoundPairs(t *testing.T) {
	rng := newRand()
	forEachBF16(t, func(t *testing.T, u *micro) {
		for n := range 70 {
			x := make([]float32, n)
			for i := range x {
				x[i] = math.Float32frombits(rng.Uint32())
				if rng.IntN(4) == 0 {
					x[i] = edge(rng)
				}
			}
			got, want := make([]float32, (n+1)/2), make([]float32, (n+1)/2)
			u.roundPairs(got, x)
			roundPairs(want, x)
			if !sameBits(got, want) {
				t.Fatalf("%d elements are rounded otherwise", n)
			}
		}
	})
}

// As in Intel's manual: the odd element of a pair comes first, each product is fused with its
// sum, and tiny numbers count as zero.
func TestAddProductIsTheInstructions(t *testing.T) {
	bits := math.Float32bits
	const tiny = 0x1p-126 // the smallest normal number
	for _, c := range []struct {
		what          string
		x, y, z, want float32
	}{
		{"an exact product", 1 + 0x1p-7, 1 + 0x1p-7, -1 - 0x1p-6, 0x1p-14},
		{"a half to even", 1, 0x1p-24, 1, 1},
		{"more than a half", 1 + 0x1p-7, 0x1p-24, 1, 1 + 0x1p-23},
		{"a product far above", 0x1p60, 1, -1, 0x1p60},
		{"a denormal factor", tiny / 2, 0x1p100, 1, 1},
		{"a denormal result", 0x1p-64, 0x1p-64, 0, 0},
		{"a denormal difference", 0x1.8p-63, -0x1p-63, tiny * 2, 0},
		{"the smallest result", 0x1p-63, 0x1p-63, 0, tiny},
		{"overflow", 0x1p64, 0x1p64, 0, float32(math.Inf(1))},
	} {
		if got := addProduct(bits(c.x), bits(c.y), c.z); got != c.want {
			t.Errorf("%s: %g·%g + %g = %g, want %g", c.what, c.x, c.y, c.z, got, c.want)
		}
	}
}

// In float32, 2²⁴ - ½ is 2²⁴, so that ½ is lost in this order but not in another.
func TestBF16TakesTheOddElementFirst(t *testing.T) {
	forEachBF16(t, func(t *testing.T, u *micro) {
		p := product{tA: blas.NoTrans, tB: blas.NoTrans, m: 1, n: 1, k: 4, alpha: 1,
			a: []float32{-0.5, 0x1p24, 1, -0x1p24}, lda: 4, b: []float32{1, 1, 1, 1}, ldb: 1, c: []float32{0}, ldc: 1}
		if got := p.bf16(u)[0]; got != 1 {
			t.Errorf("2²⁴ - ½ - 2²⁴ + 1 is %g, want 1", got)
		}
	})
}

func TestBF16CutProductGivesTheSameBytes(t *testing.T) {
	forEachBF16(t, func(t *testing.T, u *micro) {
		rng := newRand()
		for _, size := range [][3]int{{300, 40, 301}, {40, 700, 64}, {3, 900, 600}} {
			p := randomBF16(rng, size[0]/portableSlowness(u), size[1], size[2])
			alone := p.bf16(u)
			helped(2, func() {
				if !sameBits(p.bf16(u), alone) {
					t.Errorf("%v: with helpers other bytes than alone", &p)
				}
			})
		}
	})
}

// portableSlowness is the factor by which tests reduce the work of the portable kernel.
func portableSlowness(u *micro) int {
	if u == &bf16Portable {
		return 3
	}
	return 1
}

func TestBF16DoesNotAllocate(t *testing.T) {
	p := randomBF16(newRand(), 30, 50, 70)
	m := NewBF16(general(50, 70, p.b[:50*70], 70), blas.Trans)
	c, a := general(30, 50, make([]float32, 30*50), 50), general(30, 70, make([]float32, 30*70), 70)
	if n := heaptest.Allocations(5, func() { m.Multiply(c, a, true) }); n != 0 {
		t.Errorf("%d allocations in some products", n)
	}
}

func TestBF16PanicsOnOtherShapes(t *testing.T) {
	m := NewBF16(general(3, 4, make([]float32, 12), 4), blas.NoTrans)
	for _, c := range [][4]int{{2, 4, 2, 4}, {2, 5, 2, 3}, {3, 4, 2, 3}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("shapes %v did not panic", c)
				}
			}()
			m.Multiply(general(c[0], c[1], make([]float32, 99), c[1]),
				general(c[2], c[3], make([]float32, 99), c[3]), false)
		}()
	}
}
