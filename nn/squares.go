package nn

// Norms of arrays in two conventions: Frobenius and root mean square entry.

import (
	"math"

	"ranksweep/nn/kernel"
)

// Squares sums the squares of entries, from which both norms follow: the Frobenius norm of
// the whole array, and the root mean square of its entries.
type Squares struct {
	Sum   float64
	Count int
}

// Add adds the entries of x.
func (s *Squares) Add(x []float32) { s.Join(Squares{kernel.SumSquares(x), len(x)}) }

// Join adds the entries of another sum.
func (s *Squares) Join(o Squares) { s.Sum, s.Count = s.Sum+o.Sum, s.Count+o.Count }

// Norm returns the Frobenius norm.
func (s Squares) Norm() float64 { return math.Sqrt(s.Sum) }

// RMS returns the root mean square entry; NaN without entries.
func (s Squares) RMS() float64 { return math.Sqrt(s.Sum / float64(s.Count)) }

// Dot returns the inner product in float64.
func Dot(x, y []float32) float64 {
	var sum float64
	for i, v := range x {
		sum += float64(v) * float64(y[i])
	}
	return sum
}
