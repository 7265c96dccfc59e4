package kernel

import (
	"fmt"
	"math"
	"testing"
)

// rounds returns the number of rounded sums through which a term of a reduction of n passes:
// those of its own part, the first of which is exact, and the three that fold the parts.
func rounds(n int) float64 { return float64((n+parts-1)/parts) + 2 }

var dotFunction = function{
	slices: 2,
	bytes:  0x21963fec,
	run: func(u *micro, x [][]float32, _ float32) []float64 {
		return []float64{float64(u.dot(x[0], x[1]))}
	},
	check: func(x, _ [][]float32, _ float32, computed []float64) error {
		var want, size float64
		for i, v := range x[0] {
			term := float64(v) * float64(x[1][i])
			want += term
			size += math.Abs(term)
		}
		return within("dot", float32(computed[0]), want, (rounds(len(x[0]))+1)*size)
	},
}

func FuzzDot(f *testing.F) { dotFunction.fuzz(f) }

var sumSquaresFunction = function{
	slices: 1,
	bytes:  0x47b452c9,
	run:    func(u *micro, x [][]float32, _ float32) []float64 { return []float64{u.sumSquares(x[0])} },
	check: func(x, _ [][]float32, _ float32, computed []float64) error {
		var want, lost float64 // summed with compensation (Neumaier 1974)
		for _, v := range x[0] {
			term := float64(v) * float64(v)
			next := want + term
			lost += math.Max(want, term) - next + math.Min(want, term)
			want = next
		}
		want += lost
		if d := math.Abs(computed[0] - want); !(d <= (rounds(len(x[0]))+1)*0x1p-53*want) {
			return fmt.Errorf("sum of %d squares is %g, want %g: off by %g", len(x[0]), computed[0], want, d)
		}
		return nil
	},
}

func FuzzSumSquares(f *testing.F) { sumSquaresFunction.fuzz(f) }

func TestSumSquaresCannotOverflow(t *testing.T) {
	forEachKernel(t, func(t *testing.T, u *micro) {
		for _, n := range []int{1, 8, 100} {
			x := make([]float32, n)
			for i := range x {
				x[i] = math.MaxFloat32
			}
			if got := u.sumSquares(x); math.IsInf(got, 0) {
				t.Errorf("the squares of %d of the largest float32 overflow", n)
			}
			x[n/2] = float32(math.NaN())
			if got := u.sumSquares(x); got == got {
				t.Errorf("a NaN among %d is lost in %g", n, got)
			}
		}
	})
}

var addFunction = function{
	slices: 2,
	bytes:  0xb9b42788,
	run: func(u *micro, x [][]float32, _ float32) []float64 {
		u.add(x[0], x[1])
		return nil
	},
	check: func(x, y [][]float32, _ float32, _ []float64) error {
		for i, v := range x[0] {
			want := float64(v) + float64(x[1][i])
			if err := within("sum", y[0][i], want, math.Abs(want)); err != nil {
				return err
			}
		}
		return nil
	},
}

func FuzzAdd(f *testing.F) { addFunction.fuzz(f) }

var timesFunction = function{
	slices: 2,
	bytes:  0x13fb80e0,
	run: func(u *micro, x [][]float32, _ float32) []float64 {
		u.times(x[0], x[1])
		return nil
	},
	check: func(x, y [][]float32, _ float32, _ []float64) error {
		for i, v := range x[0] {
			want := float64(v) * float64(x[1][i])
			if err := within("product", y[0][i], want, math.Abs(want)); err != nil {
				return err
			}
		}
		return nil
	},
}

func FuzzTimes(f *testing.F) { timesFunction.fuzz(f) }

var scaleFunction = function{
	slices: 1,
	bytes:  0xbefb09f7,
	run: func(u *micro, x [][]float32, factor float32) []float64 {
		u.scale(x[0], factor)
		return nil
	},
	check: func(x, y [][]float32, factor float32, _ []float64) error {
		for i, v := range x[0] {
			want := float64(v) * float64(factor)
			if err := within("product", y[0][i], want, math.Abs(want)); err != nil {
				return err
			}
		}
		return nil
	},
}

func FuzzScale(f *testing.F) { scaleFunction.fuzz(f) }
