package main

// The generator of element-wise functions, and the exponential that several of them use.

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Element-wise functions take lanes elements at a time, with AVX2. They follow the portable
// functions step by step and fuse no multiplication with an addition, so that both give the
// same bytes.
const lanes = 8

// same returns a read-only vector that holds one word eight times.
func same(name string, word uint32) Mem {
	m := GLOBL(name, attr.RODATA|attr.NOPTR)
	for i := range lanes {
		DATA(i*wordBytes, U32(word))
	}
	return m
}

func sameFloat(name string, x float32) Mem { return same(name, math.Float32bits(x)) }

// exponential writes code for e^x.
type exponential struct {
	low, high, log2E, ln2High, ln2Low, magic, one, bias Mem

	p []Mem // coefficients, highest power first
}

func newExponential() exponential {
	e := exponential{
		low:     sameFloat("expLow", -104),
		high:    sameFloat("expHigh", 89),
		log2E:   sameFloat("log2E", math.Log2E),
		ln2High: sameFloat("ln2High", 0.693359375),
		ln2Low:  sameFloat("ln2Low", math.Ln2-0.693359375),
		magic:   sameFloat("expMagic", 1.5*(1<<23)),
		one:     sameFloat("one", 1),
		bias:    same("expBias", 127),
	}
	e.p = coefficients("expP", 1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1,
		5.0000001201e-1)
	return e
}

// coefficients returns the coefficients of a polynomial, highest power first.
func coefficients(name string, values ...float32) []Mem {
	var p []Mem
	for i, c := range values {
		p = append(p, sameFloat(fmt.Sprintf("%s%d", name, i), c))
	}
	return p
}

// horner returns the polynomial with the coefficients p at x, and keeps x.
func horner(x reg.VecVirtual, p []Mem) reg.VecVirtual {
	y := loaded(p[0])
	for _, c := range p[1:] {
		VMULPS(x, y, y)
		VADDPS(c, y, y)
	}
	return y
}

// of returns e^x and overwrites x. The bounds are the first operands of the minimum and
// maximum, which return the second operand if that is NaN.
func (e exponential) of(x reg.VecVirtual) reg.VecVirtual {
	bound, t, n := YMM(), YMM(), YMM()
	VMOVUPS(e.low, bound)
	VMAXPS(x, bound, x)
	VMOVUPS(e.high, bound)
	VMINPS(x, bound, x)

	VMULPS(e.log2E, x, t)
	VADDPS(e.magic, t, t)
	VSUBPS(e.magic, t, n)
	product, f := YMM(), x
	VMULPS(e.ln2High, n, product)
	VSUBPS(product, x, f)
	VMULPS(e.ln2Low, n, product)
	VSUBPS(product, f, f)

	p, square := horner(f, e.p), YMM()
	VMULPS(f, f, square)
	VMULPS(square, p, p)
	VADDPS(f, p, p)
	VADDPS(e.one, p, p)

	half := YMM()
	VPSUBD(e.magic, t, t)
	VPSRAD(Imm(1), t, half)
	VPSUBD(half, t, t)
	for _, k := range []reg.VecVirtual{half, t} {
		VPADDD(e.bias, k, k)
		VPSLLD(Imm(23), k, k)
		VMULPS(k, p, p)
	}
	return p
}

// sigmoid returns 1/(1+e⁻ˣ) and e⁻ˣ, and keeps x.
func (e exponential) sigmoid(x reg.VecVirtual) (s, power reg.VecVirtual) {
	minus, sum := YMM(), YMM()
	VXORPS(minus, minus, minus)
	VSUBPS(x, minus, minus)
	power = e.of(minus)
	VADDPS(e.one, power, sum)
	s = loaded(e.one)
	VDIVPS(sum, s, s)
	return s, power
}

// elementwise writes a function of slices, all of n elements. body gets the addresses of
// the next eight elements of each slice.
func elementwise(name, params string, slices []string, setup func(), body func(at map[string]Mem)) {
	TEXT(name+"AVX2", NOSPLIT, fmt.Sprintf("func(n int, %s)", params))
	Doc(name + "AVX2 is [micro." + name + "] for n elements, a positive multiple of 8.")
	loop(slices, setup, body, func() {})
}

// loop writes the body of such a function, and the code after its last round.
func loop(slices []string, setup func(), body func(at map[string]Mem), finish func()) {
	Pragma("noescape")

	n := load("n")
	at := map[string]Mem{}
	for _, s := range slices {
		at[s] = Mem{Base: base(s)}
	}
	setup()
	Label("loop")
	body(at)
	for _, s := range slices {
		ADDQ(Imm(lanes*wordBytes), at[s].Base)
	}
	SUBQ(Imm(lanes), n)
	JNZ(LabelRef("loop"))
	finish()
	VZEROUPPER()
	RET()
}

// loaded returns a vector with the eight elements at m.
func loaded(m Mem) reg.VecVirtual {
	x := YMM()
	VMOVUPS(m, x)
	return x
}

// repeated returns a vector that holds a float argument eight times.
func repeated(param string) reg.VecVirtual { return tile{lanes: lanes}.broadcast(param) }

// vectors writes the element-wise functions.
func vectors() {
	e := newExponential()

	var shift reg.VecVirtual
	elementwise("exp", "dst, src []float32, shift float32", []string{"dst", "src"},
		func() { shift = repeated("shift") },
		func(at map[string]Mem) {
			x := loaded(at["src"])
			VSUBPS(shift, x, x)
			VMOVUPS(e.of(x), at["dst"])
		})

	none := func() {}
	elementwise("swiglu", "act, gate, up []float32", []string{"act", "gate", "up"}, none,
		func(at map[string]Mem) {
			g := loaded(at["gate"])
			s, _ := e.sigmoid(g)
			VMULPS(s, g, g)
			VMULPS(at["up"], g, g)
			VMOVUPS(g, at["act"])
		})

	elementwise("swigluBackward", "dgate, dup, dact, gate, up []float32",
		[]string{"dgate", "dup", "dact", "gate", "up"}, none,
		func(at map[string]Mem) {
			g := loaded(at["gate"])
			s, _ := e.sigmoid(g)
			d, slope, dup := loaded(at["dact"]), loaded(e.one), YMM()
			VSUBPS(s, slope, slope)
			VMULPS(slope, g, slope)
			VADDPS(e.one, slope, slope)
			VMULPS(g, d, dup)
			VMULPS(s, dup, dup)
			VMULPS(at["up"], d, d)
			VMULPS(s, d, d)
			VMULPS(slope, d, d)
			VMOVUPS(d, at["dgate"])
			VMOVUPS(dup, at["dup"])
		})
	gelus(e)
	softcap(e)
}
