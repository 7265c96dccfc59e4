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

// Element-wise functions follow the portable functions step by step and fuse no multiplication with
// an addition, so that all give the same bytes. They are written by AVX2, for whole vectors, and by
// AVX-512, for any number of elements. Reductions have eight partial results on every platform, and
// are written by AVX2 alone.

// lanes is the number of elements in a vector of AVX2, and wideLanes in one of AVX-512.
const (
	lanes     = 8
	wideLanes = 2 * lanes
)

// wide reports whether the function that is being written is by AVX-512.
var wide bool

// taken returns the number of elements that the function that is being written takes at a time.
func taken() int {
	if wide {
		return wideLanes
	}
	return lanes
}

// vector returns a new register for as many elements.
func vector() reg.VecVirtual { return tile{lanes: taken()}.vector() }

// constants are the read-only vectors that were made, by name.
var constants = map[string]Mem{}

// same returns a read-only vector that holds one word as often as the widest vector has elements.
func same(name string, word uint32) Mem {
	if m, ok := constants[name]; ok {
		return m
	}
	m := GLOBL(name, attr.RODATA|attr.NOPTR)
	for i := range wideLanes {
		DATA(i*wordBytes, U32(word))
	}
	constants[name] = m
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
	bound, t, n := vector(), vector(), vector()
	VMOVUPS(e.low, bound)
	VMAXPS(x, bound, x)
	VMOVUPS(e.high, bound)
	VMINPS(x, bound, x)

	VMULPS(e.log2E, x, t)
	VADDPS(e.magic, t, t)
	VSUBPS(e.magic, t, n)
	product, f := vector(), x
	VMULPS(e.ln2High, n, product)
	VSUBPS(product, x, f)
	VMULPS(e.ln2Low, n, product)
	VSUBPS(product, f, f)

	p, square := horner(f, e.p), vector()
	VMULPS(f, f, square)
	VMULPS(square, p, p)
	VADDPS(f, p, p)
	VADDPS(e.one, p, p)

	half := vector()
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
	minus, sum := vector(), vector()
	VXORPS(minus, minus, minus)
	VSUBPS(x, minus, minus)
	power = e.of(minus)
	VADDPS(e.one, power, sum)
	s = loaded(e.one)
	VDIVPS(sum, s, s)
	return s, power
}

// elements are the next elements of each slice, by its name. A mask selects the first of them; without one
// all are selected.
type elements struct {
	at   map[string]Mem
	mask *reg.OpmaskVirtual
}

// load returns a vector with the elements of a slice, and zeros where none is selected.
func (e elements) load(slice string) reg.VecVirtual {
	x := vector()
	if e.mask == nil {
		VMOVUPS(e.at[slice], x)
	} else {
		VMOVUPS_Z(e.at[slice], *e.mask, x)
	}
	return x
}

// operand returns the elements of a slice as an operand of an instruction.
func (e elements) operand(slice string) Op {
	if e.mask == nil {
		return e.at[slice]
	}
	return e.load(slice)
}

// store writes the selected elements of x to a slice.
func (e elements) store(x reg.VecVirtual, slice string) {
	if e.mask == nil {
		VMOVUPS(x, e.at[slice])
	} else {
		VMOVUPS(x, *e.mask, e.at[slice])
	}
}

// elementwise writes a function of slices, all of n elements. body gets the next elements of each slice.
func elementwise(name, params string, slices []string, setup func(), body func(at elements)) {
	signature := fmt.Sprintf("func(n int, %s)", params)
	TEXT(name+"AVX2", NOSPLIT, signature)
	Doc(name + "AVX2 is [micro." + name + "] for n elements, a positive multiple of 8.")
	loop(slices, setup, body, func() {})

	wide = true
	TEXT(name+"AVX512", NOSPLIT, signature)
	Doc(name + "AVX512 is [micro." + name + "] for n elements, at least 1.")
	loopToEnd(slices, setup, body)
	wide = false
}

// loop writes the body of a function for whole vectors, and the code after its last round.
func loop(slices []string, setup func(), body func(at elements), finish func()) {
	Pragma("noescape")
	n, at := load("n"), begins(slices)
	setup()
	Label("loop")
	body(at)
	at.next(slices)
	SUBQ(Imm(lanes), n)
	JNZ(LabelRef("loop"))
	finish()
	VZEROUPPER()
	RET()
}

// loopToEnd writes the body of a function by AVX-512 for any number of elements. The last ones, fewer than a
// vector has, are selected by a mask: no others are read or written.
func loopToEnd(slices []string, setup func(), body func(at elements)) {
	Pragma("noescape")
	n, at := load("n"), begins(slices)
	setup()
	SUBQ(Imm(wideLanes), n)
	JL(LabelRef("rest"))
	Label("loop")
	body(at)
	at.next(slices)
	SUBQ(Imm(wideLanes), n)
	JGE(LabelRef("loop"))
	Label("rest")
	ADDQ(Imm(wideLanes), n)
	JZ(LabelRef("end"))
	at.mask = &edgeAVX512(tile{vecs: 1, lanes: wideLanes}, n).(opmasked)[0]
	body(at)
	Label("end")
	VZEROUPPER()
	RET()
}

// begins loads the addresses of slices.
func begins(slices []string) elements {
	at := elements{at: map[string]Mem{}}
	for _, s := range slices {
		at.at[s] = Mem{Base: base(s)}
	}
	return at
}

// next writes code that goes on to the next elements of slices.
func (e elements) next(slices []string) {
	for _, s := range slices {
		ADDQ(Imm(uint64(taken()*wordBytes)), e.at[s].Base)
	}
}

// A condition holds for some elements of a vector: bits has a 1 for each in AVX-512, lanes all ones in AVX2.
type condition struct {
	bits  reg.OpmaskVirtual
	lanes reg.VecVirtual
}

// Predicates of compare. Less is false if a number is NaN, and notEqual is then true.
const (
	less     = 1
	notEqual = 4
)

// compare returns where x is less than y, or not equal to it.
func compare(x reg.VecVirtual, predicate uint64, y reg.VecVirtual) condition {
	var c condition
	if wide {
		c.bits = K()
		VCMPPS(Imm(predicate), y, x, c.bits)
	} else {
		c.lanes = vector()
		VCMPPS(Imm(predicate), y, x, c.lanes)
	}
	return c
}

// choose sets to to yes where the condition holds, and to no elsewhere.
func (c condition) choose(yes, no, to reg.VecVirtual) {
	if wide {
		VBLENDMPS(yes, no, c.bits, to)
	} else {
		VBLENDVPS(c.lanes, yes, no, to)
	}
}

// keep sets x to zero where the condition does not hold.
func (c condition) keep(x reg.VecVirtual) {
	if wide {
		VMOVAPS_Z(x, c.bits, x)
	} else {
		VANDPS(x, c.lanes, x)
	}
}

// loaded returns a vector with the elements at m.
func loaded(m Mem) reg.VecVirtual {
	x := vector()
	VMOVUPS(m, x)
	return x
}

// repeated returns a vector that holds a float argument in every element.
func repeated(param string) reg.VecVirtual { return tile{lanes: taken()}.broadcast(param) }

// vectors writes the element-wise functions.
func vectors() {
	e := newExponential()

	var shift reg.VecVirtual
	elementwise("exp", "dst, src []float32, shift float32", []string{"dst", "src"},
		func() { shift = repeated("shift") },
		func(at elements) {
			x := at.load("src")
			VSUBPS(shift, x, x)
			at.store(e.of(x), "dst")
		})

	none := func() {}
	elementwise("swiglu", "act, gate, up []float32", []string{"act", "gate", "up"}, none,
		func(at elements) {
			g := at.load("gate")
			s, _ := e.sigmoid(g)
			VMULPS(s, g, g)
			VMULPS(at.operand("up"), g, g)
			at.store(g, "act")
		})

	elementwise("swigluBackward", "dgate, dup, dact, gate, up []float32",
		[]string{"dgate", "dup", "dact", "gate", "up"}, none,
		func(at elements) {
			g := at.load("gate")
			s, _ := e.sigmoid(g)
			d, slope, dup := at.load("dact"), loaded(e.one), vector()
			VSUBPS(s, slope, slope)
			VMULPS(slope, g, slope)
			VADDPS(e.one, slope, slope)
			VMULPS(g, d, dup)
			VMULPS(s, dup, dup)
			VMULPS(at.operand("up"), d, d)
			VMULPS(s, d, d)
			VMULPS(slope, d, d)
			at.store(d, "dgate")
			at.store(dup, "dup")
		})
	gelus(e)
	softcap(e)
}
