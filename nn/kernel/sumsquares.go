package kernel

// Sums of squares.

// SumSquares returns Σ xᵢ², in float64. It cannot overflow, and NaN and infinity propagate.
//
// All kernels give the same bytes. The square of a float32 is exact in float64, fused or
// not, so that only sums round: the relative error for n squares is to first order at most
// (⌈n/8⌉+2)2⁻⁵³.
func SumSquares(x []float32) float64 { return inUse.sumSquares(x) }

func (u *micro) sumSquares(x []float32) float64 {
	var s [parts]float64
	x = x[u.sumSquaresVectors(&s, x):]
	for i, v := range x {
		s[i%parts] += float64(v) * float64(v)
	}
	return fold(&s)
}
