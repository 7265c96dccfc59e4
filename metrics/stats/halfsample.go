package stats

import (
	"math"
	"math/bits"
)

// HalfSampleSE returns the standard error that the choice of n units, such as the batches of a
// validation set, gives a statistic of them. It is the jackknife that leaves out half of the
// units,
//
//	√(Σ (θ_s − θ)² / N),
//
// with θ the statistic of all units and θ_s that of each of N halves (Shao and Wu, Annals of
// Statistics 17, 1989, formula of the delete-d jackknife with d = n/2). The halves are the plus
// signs and the minus signs in each row but the first of Sylvester's matrix, whose entry in row
// h and column i is (−1) to the number of ones that h and i share as binary numbers. Its size g
// is the largest power of two up to n; units that are g apart are in the same halves. Since rows
// and columns are orthogonal, the error of a mean of g units is s/√g exactly. Nothing is random.
//
// To leave out one unit at a time, as Efron and Stein do (Annals of Statistics 9, 1981), is not
// enough for a statistic that jumps, such as the place of the lowest of several trials: one unit
// seldom makes it jump, another set of units often does.
//
// of gets a function that says whether a unit, from 0 to n−1, is in. The error is NaN if there
// are fewer than two units, or if a half has no value.
func HalfSampleSE(n int, of func(in func(unit int) bool) float64) float64 {
	if n < 2 {
		return math.NaN()
	}
	all := of(func(int) bool { return true })
	g := 1 << (bits.Len(uint(n)) - 1)
	squares, halves := 0.0, 0.0
	for row := 1; row < g; row++ {
		for sign := range 2 {
			half := of(func(unit int) bool { return bits.OnesCount(uint(row&unit))%2 == sign })
			squares += (half - all) * (half - all)
			halves++
		}
	}
	return math.Sqrt(squares / halves)
}
