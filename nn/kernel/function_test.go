package kernel

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
	"testing"
)

// A function works on slices of one length, in place.
type function struct {
	slices int
	// run runs u's function on x; number is its further argument, if it has one. It returns
	// the numbers that the function computes besides the slices.
	run func(u *micro, x [][]float32, number float32) []float64
	// check compares the results of run, for the slices before, with the formula in float64.
	// It gets finite numbers whose squares and cubes neither overflow nor underflow.
	check func(before, after [][]float32, number float32, computed []float64) error
	// bytes is the checksum of the results for fixed inputs on any platform. If a compiler
	// fuses the portable code on some platform, the checksum differs.
	bytes uint32
}

// fuzz looks for data for which kernels differ from each other, or from the formula by more
// than the bound.
func (f *function) fuzz(fuzzer *testing.F) {
	if got := f.checksum(); got != f.bytes {
		fuzzer.Errorf("the checksum is %#x, want %#x", got, f.bytes)
	}
	rng, edges := newRand(), expInputs()
	for _, n := range []int{0, 1, 2, 7, 8, 9, 13, 16, 17, 31, 32, 257} {
		var usual, broken []byte
		for range 1 + n*f.slices {
			usual = binary.LittleEndian.AppendUint32(usual, math.Float32bits(float32(rng.NormFloat64())))
			broken = binary.LittleEndian.AppendUint32(broken, math.Float32bits(edges[rng.IntN(len(edges))]))
		}
		fuzzer.Add(usual)
		fuzzer.Add(broken)
		fuzzer.Add(make([]byte, len(usual)))
	}
	fuzzer.Fuzz(func(t *testing.T, data []byte) {
		number, x := f.inputs(data)
		if err := f.sameBytes(x, number); err != nil {
			t.Error(err)
		}
		number = tame(number)
		for _, s := range x {
			for i := range s {
				s[i] = tame(s[i])
			}
		}
		after := clone(x)
		computed := f.run(available[0], after, number)
		if err := f.check(x, after, number, computed); err != nil {
			t.Error(err)
		}
	})
}

// checksum returns the checksum of the portable function's results for fixed inputs.
func (f *function) checksum() uint32 {
	const n = 1003
	rng := newRand()
	x := make([][]float32, f.slices)
	for i := range x {
		for range n {
			x[i] = append(x[i], tame(math.Float32frombits(rng.Uint32())))
		}
	}
	var data []byte
	for _, v := range f.run(&portable, x, 0.1) {
		data = binary.LittleEndian.AppendUint64(data, math.Float64bits(v))
	}
	for _, s := range x {
		for _, v := range s {
			if v != v {
				v = float32(math.NaN()) // the payload of a NaN is not specified
			}
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
		}
	}
	return crc32.ChecksumIEEE(data)
}

// inputs takes a number and slices out of data.
func (f *function) inputs(data []byte) (number float32, x [][]float32) {
	next := func() float32 {
		v := math.Float32frombits(binary.LittleEndian.Uint32(data))
		data = data[4:]
		return v
	}
	if len(data) >= 4 {
		number = next()
	}
	n := len(data) / 4 / f.slices
	for range f.slices {
		s := make([]float32, n)
		for i := range s {
			s[i] = next()
		}
		x = append(x, s)
	}
	return number, x
}

// sameBytes returns an error that says how the kernels differ on x.
func (f *function) sameBytes(x [][]float32, number float32) error {
	var want [][]float32
	var computed []float64
	for _, u := range available {
		got := clone(x)
		also := f.run(u, got, number)
		if want == nil {
			want, computed = got, also
		}
		for i := range got {
			if !slices.EqualFunc(got[i], want[i], sameOrNaN) {
				return fmt.Errorf("%d elements: slice %d of %s differs from that of %s", len(got[i]), i, u.name,
					available[0].name)
			}
		}
		for i, v := range also {
			if math.Float64bits(v) != math.Float64bits(computed[i]) && !(v != v && computed[i] != computed[i]) {
				return fmt.Errorf("%d elements: %s computes %g, %s %g", len(got[0]), u.name, v, available[0].name,
					computed[i])
			}
		}
	}
	return nil
}

// sameOrNaN reports whether x and y have the same bits or are both NaN, whose payload is not
// specified.
func sameOrNaN(x, y float32) bool {
	return math.Float32bits(x) == math.Float32bits(y) || x != x && y != y
}

// clone copies slices to addresses that are not aligned.
func clone(x [][]float32) [][]float32 {
	var all [][]float32
	for _, s := range x {
		all = append(all, append(make([]float32, 1, len(s)+1), s...)[1:])
	}
	return all
}

// tame keeps the sign and digits of x and brings its magnitude into the range 2⁻⁸ to 2⁸.
func tame(x float32) float32 {
	bits := math.Float32bits(x)
	return math.Float32frombits(bits&0x807fffff | (127-8+bits>>23&15)<<23)
}

// within returns an error if got is further from want than bound, in units of 2⁻²⁴. Terms of
// second order and the reference's own rounding are below a thousandth of a bound; the smallest
// float32 is added for underflow.
func within(what string, got float32, want, bound float64) error {
	if d := math.Abs(float64(got) - want); !(d <= 1.001*unit*bound+0x1p-149) {
		return fmt.Errorf("%s is %g, want %g: off by %.3g, more than %.3g", what, got, want, d, unit*bound)
	}
	return nil
}

func TestWithinSees(t *testing.T) {
	if err := within("x", 1+0x1p-23, 1, 2); err != nil {
		t.Error(err)
	}
	if within("x", 1+0x1p-23, 1, 1.9) == nil || within("x", float32(math.NaN()), 1, 2) == nil {
		t.Error("an error above its bound, or NaN, was not noticed")
	}
}

func TestSameBytesSees(t *testing.T) {
	if len(available) == 1 {
		t.Skip("this CPU runs one kernel")
	}
	x := [][]float32{{1, 2, 3}}
	wrong := function{run: func(u *micro, x [][]float32, _ float32) []float64 {
		if u == &portable {
			x[0][2] = math.Nextafter32(3, 4)
		}
		return nil
	}}
	if wrong.sameBytes(x, 0) == nil {
		t.Error("a slice that differs was not noticed")
	}
	wrong.run = func(u *micro, _ [][]float32, _ float32) []float64 { return []float64{float64(len(u.name))} }
	if wrong.sameBytes(x, 0) == nil {
		t.Error("a number that differs was not noticed")
	}
}
