package checkpoint

import (
	"math"
	"testing"

	"ranksweep/checkpoint/gguf"
)

// fromF16 reads a half.
func fromF16(h uint16) float32 {
	var value [1]float32
	gguf.F16.Decode(value[:], []byte{byte(h), byte(h >> 8)})
	return value[0]
}

// half returns the value of an IEEE 754 half by its definition.
func half(h uint16) float64 {
	sign := math.Copysign(1, float64(int16(h)))
	exponent, fraction := int(h>>10&0x1f), float64(h&0x3ff)
	switch {
	case exponent == 0x1f && fraction != 0:
		return math.NaN()
	case exponent == 0x1f:
		return sign * math.Inf(1)
	case exponent == 0:
		return sign * math.Ldexp(fraction, -24)
	}
	return sign * math.Ldexp(1024+fraction, exponent-25)
}

func TestEveryHalf(t *testing.T) {
	for i := range 1 << 16 {
		h := uint16(i)
		if h&0x7fff == 0 { // the definition above has no sign for zero
			continue
		}
		got, want := fromF16(h), half(h)
		if float64(got) != want && !(got != got && want != want) {
			t.Fatalf("half %#04x is %g, want %g", h, got, want)
		}
		if back := toF16(got); back != h && got == got {
			t.Fatalf("half %#04x comes back as %#04x", h, back)
		}
	}
	if math.Float32bits(fromF16(0x8000)) != 1<<31 || toF16(float32(math.Copysign(0, -1))) != 0x8000 {
		t.Error("negative zero loses its sign")
	}
}

// A number between two neighbours of the format is rounded to the nearer one; halfway, to the
// one whose last bit is even.
func TestRoundingIsToNearestEven(t *testing.T) {
	check := func(name string, to func(float32) uint16, from func(uint16) float32, largest uint16) {
		for low := range largest {
			a, b := from(low), from(low+1)
			middle := float32((float64(a) + float64(b)) / 2) // exact: one more bit
			even := low + low&1
			for _, c := range []struct {
				value float32
				want  uint16
			}{
				{math.Nextafter32(middle, a), low},
				{middle, even},
				{math.Nextafter32(middle, b), low + 1},
			} {
				if got := to(c.value); got != c.want {
					t.Fatalf("%s: %x becomes %#04x, want %#04x", name, c.value, got, c.want)
				}
				if got := to(-c.value); got != c.want|0x8000 {
					t.Fatalf("%s: %x becomes %#04x, want %#04x", name, -c.value, got, c.want|0x8000)
				}
			}
		}
	}
	fromBF16 := func(b uint16) float32 { return math.Float32frombits(uint32(b) << 16) }
	check("F16", toF16, fromF16, 0x7bff)
	check("BF16", toBF16, fromBF16, 0x7f7f)
}

func TestInfinityAndNaN(t *testing.T) {
	inf := float32(math.Inf(1))
	if toF16(inf) != 0x7c00 || toF16(-inf) != 0xfc00 || toBF16(inf) != 0x7f80 || toBF16(-inf) != 0xff80 {
		t.Error("infinity does not stay itself")
	}
	// All of this NaN's fraction is in bits that are cut off.
	nan := math.Float32frombits(0x7f800001)
	if h := toF16(nan); h&0x7c00 != 0x7c00 || h&0x3ff == 0 {
		t.Errorf("NaN becomes the half %#04x", h)
	}
	if b := toBF16(nan); b&0x7f80 != 0x7f80 || b&0x7f == 0 {
		t.Errorf("NaN becomes the bfloat16 %#04x", b)
	}
}

// The smallest value that rounds to infinity is out of range, and the next smaller one is not.
func TestRangeEndsWhereRoundingGivesInfinity(t *testing.T) {
	for _, dtype := range []DType{F16, BF16} {
		limit := formats[dtype].limit
		below := math.Nextafter32(limit, 0)
		data := make([]byte, 2)
		value := make([]float32, 1)
		for _, c := range []struct {
			value float32
			fits  bool
		}{{limit, false}, {-limit, false}, {below, true}, {-below, true}} {
			formats[dtype].encode(data, []float32{c.value})
			formats[dtype].form.Decode(value, data)
			if finite := !math.IsInf(float64(value[0]), 0); finite != c.fits {
				t.Errorf("%v: %g becomes %g", dtype, c.value, value[0])
			}
			if err := checkRange([]float32{c.value}, dtype); (err == nil) != c.fits {
				t.Errorf("%v: %g: %v", dtype, c.value, err)
			}
		}
		special := []float32{float32(math.Inf(1)), float32(math.NaN())}
		if err := checkRange(special, dtype); err != nil {
			t.Errorf("%v: infinity and NaN have a form of their own, but %v", dtype, err)
		}
	}
}
