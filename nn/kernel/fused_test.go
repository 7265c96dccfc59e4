package kernel

import (
	"math"
	"math/big"
	"slices"
	"testing"
)

// fused computes the bytes that the kernels in assembly must give: it sums along k, in blocks,
// with each multiplication fused with its addition.
func (p *product) fused() []float32 {
	c := slices.Clone(p.c)
	for i := range p.m {
		for j := range p.n {
			p.fuse(i, j, &c[i*p.ldc+j])
		}
	}
	return c
}

// fuse computes element (i, j) of C.
func (p *product) fuse(i, j int, c *float32) {
	beta := p.beta
	depths := newCut(p.k, maxK, 1)
	for d := range depths.parts {
		start, length := depths.part(d)
		var sum float32
		for l := start; l < start+length; l++ {
			sum = fma32(float32(at(p.a, p.lda, p.tA, i, l)), float32(at(p.b, p.ldb, p.tB, l, j)), sum)
		}
		sum *= p.alpha
		if beta != 0 {
			sum = fma32(beta, *c, sum)
		}
		*c, beta = sum, 1
	}
}

// fma32 returns xy + z, rounded once. In float64 the product is exact. The sum is rounded to
// odd, that is, an inexact sum becomes the neighbour whose last bit is 1. Rounding such a sum
// again, to float32, gives the same as rounding the exact sum (Boldo and Melquiond 2008).
func fma32(x, y, z float32) float32 {
	product, addend := float64(x)*float64(y), float64(z)
	sum := product + addend
	added := sum - product
	lost := (product - (sum - added)) + (addend - added) // Knuth's TwoSum
	if math.Float64bits(sum)&1 == 0 {
		switch {
		case lost > 0:
			sum = math.Nextafter(sum, math.Inf(1))
		case lost < 0:
			sum = math.Nextafter(sum, math.Inf(-1))
		}
	}
	return float32(sum)
}

func TestFMA32RoundsOnce(t *testing.T) {
	// In float64 this sum rounds to a tie of float32, from below.
	x, y, z := float32(0x1p-12+0x1p-27), float32(0x1p-12-0x1p-27), float32(1+0x1p-23)
	if twice := float32(math.FMA(float64(x), float64(y), float64(z))); fma32(x, y, z) == twice {
		t.Errorf("fma32(%v, %v, %v) = %v, as if rounded twice", x, y, z, twice)
	}
	rng := newRand()
	draw := func() float32 { return float32(math.Ldexp(rng.NormFloat64(), rng.IntN(60)-30)) }
	for range 5000 {
		exact := new(big.Float).SetPrec(500).SetFloat64(float64(x) * float64(y))
		want, _ := exact.Add(exact, big.NewFloat(float64(z))).Float32()
		if got := fma32(x, y, z); got != want {
			t.Fatalf("fma32(%v, %v, %v) = %v, want %v", x, y, z, got, want)
		}
		x, y, z = draw(), draw(), draw()
	}
}

// This also shows that kernels of different platforms give the same bytes.
func TestAssemblyKernelsGiveTheBytesOfTheFusedProduct(t *testing.T) {
	rng := newRand()
	unfused := 0
	for n := range 40 {
		p := random(rng, 1+rng.IntN(60), 1+n, 1+rng.IntN(600))
		p.alpha, p.beta = 0.3, float32(n%3)/7
		want := p.fused()
		for _, u := range accelerated() {
			if !sameBits(p.by(u), want) {
				t.Errorf("%v: %s differs from the fused product", &p, u.name)
			}
		}
		if !sameBits(p.by(&portable), want) {
			unfused++
		}
	}
	if unfused == 0 {
		t.Error("the portable kernel, which does not fuse, gave the same bytes: the test sees nothing")
	}
}
