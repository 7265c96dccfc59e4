package kernel

import (
	"math"
	"slices"
	"testing"
)

// normal64 returns Φ(x) and φ(x).
func normal64(x float64) (phi, density float64) {
	return math.Erfc(-x/math.Sqrt2) / 2, math.Exp(-x*x/2) / math.Sqrt(2*math.Pi)
}

// lost is the amount by which an error may exceed its bound, in units of within, if the density
// underflows, per unit of the density's factor.
func lost(x float64) float64 {
	if math.Abs(x) < 13 {
		return 0
	}
	return 1e-36 / unit
}

func checkGELU(x, f float32) error {
	v := float64(x)
	phi, _ := normal64(v)
	rest, _ := normal64(-math.Abs(v))
	return within("GELU", f, v*phi, math.Abs(v)*((12+v*v/2)*rest+2*phi+lost(v)))
}

func checkGELUSlope(x, slope float32) error {
	v := float64(x)
	phi, density := normal64(v)
	rest, _ := normal64(-math.Abs(v))
	bound := (16+v*v/2)*(rest+math.Abs(v)*density) + 2*phi + (1+math.Abs(v))*lost(v)
	return within("slope", slope, phi+v*density, bound)
}

// tanh64 returns z, σ(z), σ(−z) and dz/dx of GELU's approximation.
func tanh64(x float64) (z, s, rest, dz float64) {
	const scale, cubic = tanhScale, tanhCubic
	z = scale * (x + cubic*x*x*x)
	return z, sigmoid64(z), sigmoid64(-z), scale * (1 + 3*cubic*x*x)
}

func checkGELUTanh(x, f float32) error {
	v := float64(x)
	z, s, rest, _ := tanh64(v)
	return within("GELU", f, v*s, (5+4*math.Abs(z)*rest)*math.Abs(v*s)+underflown(z)*math.Abs(v))
}

func checkGELUTanhSlope(x, slope float32) error {
	v := float64(x)
	z, s, rest, dz := tanh64(v)
	size := 1 + math.Abs(v)*rest*dz
	return within("slope", slope, s*(1+v*rest*dz), (12+4*math.Abs(z))*s*size+underflown(z)*size)
}

// valueFunction tests a function that sets x[0] from x[1].
func valueFunction(bytes uint32, run func(u *micro, f, x []float32), check func(x, f float32) error) function {
	return function{
		slices: 2, bytes: bytes,
		run: func(u *micro, x [][]float32, _ float32) []float64 { run(u, x[0], x[1]); return nil },
		check: func(x, y [][]float32, _ float32, _ []float64) error {
			for i, v := range x[1] {
				if err := check(v, y[0][i]); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// slopeFunction tests a function that sets x[0], and its derivative x[1], from x[2].
func slopeFunction(bytes uint32, run func(u *micro, f, slope, x []float32), checkValue,
	checkSlope func(x, y float32) error) function {
	return function{
		slices: 3, bytes: bytes,
		run: func(u *micro, x [][]float32, _ float32) []float64 { run(u, x[0], x[1], x[2]); return nil },
		check: func(x, y [][]float32, _ float32, _ []float64) error {
			for i, v := range x[2] {
				if err := checkValue(v, y[0][i]); err != nil {
					return err
				}
				if err := checkSlope(v, y[1][i]); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

var (
	geluFunction          = valueFunction(0x5e62287, (*micro).gelu, checkGELU)
	geluTanhFunction      = valueFunction(0xeb038cb5, (*micro).geluTanh, checkGELUTanh)
	geluSlopeFunction     = slopeFunction(0x2003c02, (*micro).geluSlope, checkGELU, checkGELUSlope)
	geluTanhSlopeFunction = slopeFunction(0x30dd4e15, (*micro).geluTanhSlope, checkGELUTanh, checkGELUTanhSlope)
)

func FuzzGELU(f *testing.F)          { geluFunction.fuzz(f) }
func FuzzGELUTanh(f *testing.F)      { geluTanhFunction.fuzz(f) }
func FuzzGELUSlope(f *testing.F)     { geluSlopeFunction.fuzz(f) }
func FuzzGELUTanhSlope(f *testing.F) { geluTanhSlopeFunction.fuzz(f) }

// TestGELUInPlace: f or slope may be x, and f and slope may be one slice, which then holds the
// derivative.
func TestGELUInPlace(t *testing.T) {
	forEachKernel(t, func(t *testing.T, u *micro) {
		x := normal(newRand(), 3*lanesAtMost+1, 2)
		for _, run := range []func(f, slope, x []float32){u.geluSlope, u.geluTanhSlope} {
			f, slope := make([]float32, len(x)), make([]float32, len(x))
			run(f, slope, x)
			y, other := slices.Clone(x), make([]float32, len(x))
			if run(y, other, y); !slices.Equal(y, f) || !slices.Equal(other, slope) {
				t.Error("f in place of x is another")
			}
			y = slices.Clone(x)
			if run(other, y, y); !slices.Equal(other, f) || !slices.Equal(y, slope) {
				t.Error("the slope in place of x is another")
			}
			y = slices.Clone(x)
			if run(y, y, y); !slices.Equal(y, slope) {
				t.Error("of one slice for all, something other than the slope stays")
			}
		}
	})
}

const lanesAtMost = 8 // the most lanes in any kernel's vectors

// TestGELUBounds checks the bounds at steps of 0.003 from −13 to 13.
func TestGELUBounds(t *testing.T) {
	var x []float32
	for i := -13000; i <= 13000; i += 3 {
		x = append(x, float32(i)/1000)
	}
	f, slope := make([]float32, len(x)), make([]float32, len(x))
	for _, of := range []struct {
		run           func(f, slope, x []float32)
		value, slopes func(x, y float32) error
	}{{GELUSlope, checkGELU, checkGELUSlope}, {GELUTanhSlope, checkGELUTanh, checkGELUTanhSlope}} {
		of.run(f, slope, x)
		for i, v := range x {
			if err := of.value(v, f[i]); err != nil {
				t.Errorf("at %g: %v", v, err)
			}
			if err := of.slopes(v, slope[i]); err != nil {
				t.Errorf("at %g: %v", v, err)
			}
		}
	}
}
