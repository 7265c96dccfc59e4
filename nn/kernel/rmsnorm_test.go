package kernel

import (
	"math"
	"testing"
)

const normEps = 1e-5

var rmsNormFunction = function{
	slices: 3, // h, x, w
	bytes:  0xb5323e22,
	run: func(u *micro, x [][]float32, _ float32) []float64 {
		return []float64{float64(u.rmsNorm(x[0], x[1], x[2], normEps))}
	},
	check: func(_, x [][]float32, _ float32, computed []float64) error {
		var sum float64
		for _, v := range x[1] {
			sum += float64(v) * float64(v)
		}
		inv := 1 / math.Sqrt(sum/float64(len(x[1]))+normEps)
		for i, v := range x[1] {
			if err := within("inv", float32(computed[0]), inv, inv); err != nil {
				return err
			}
			want := float64(v) * inv * float64(x[2][i])
			if err := within("h", x[0][i], want, 3*math.Abs(want)); err != nil {
				return err
			}
		}
		return nil
	},
}

func FuzzRMSNorm(f *testing.F) { rmsNormFunction.fuzz(f) }

var rmsNormBackwardFunction = function{
	slices: 4, // dx, dh, x, w
	bytes:  0x2da5cb83,
	run: func(u *micro, x [][]float32, inv float32) []float64 {
		u.rmsNormBackward(x[0], x[1], x[2], x[3], inv)
		return nil
	},
	check: func(before, after [][]float32, number float32, _ []float64) error {
		dx, dh, x, w, inv := before[0], before[1], before[2], before[3], float64(number)
		n := len(x)
		var mean, size float64
		for i, v := range x {
			term := float64(dh[i]) * float64(w[i]) * float64(v) / float64(n)
			mean += term
			size += math.Abs(term)
		}
		for i, v := range x {
			g, old := float64(dh[i])*float64(w[i]), float64(dx[i])
			want := old + inv*(g-float64(v)*inv*inv*mean)
			bound := math.Abs(old) + math.Abs(inv)*(4*math.Abs(g)+(rounds(n)+9)*inv*inv*math.Abs(float64(v))*size)
			if err := within("dx", after[0][i], want, bound); err != nil {
				return err
			}
		}
		return nil
	},
}

func FuzzRMSNormBackward(f *testing.F) { rmsNormBackwardFunction.fuzz(f) }
