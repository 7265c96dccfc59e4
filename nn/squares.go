package nn

// Norms of arrays, by both conventions: Frobenius and root mean square entry.

import (
	"math"

	"ranksweep/nn/kernel"
)

// Squares sums the squares of entries, for the two conventions of a norm: the
// whole array's, and that of an entry.
type Squares struct {
	Sum   float64
	Count int
}

// Add takes the entries of x in.
func (s *Squares) Add(x []float32) { s.Join(Squares{kernel.SumSquares(x), len(x)}) }

// Join takes in what another sum has seen.
func (s *Squares) Join(o Squares) { s.Sum, s.Count = s.Sum+o.Sum, s.Count+o.Count }

// Norm is the Frobenius norm.
func (s Squares) Norm() float64 { return math.Sqrt(s.Sum) }

// RMS is the root mean square entry; NaN where there is none.
func (s Squares) RMS() float64 { return math.Sqrt(s.Sum / float64(s.Count)) }

// Dot is the inner product in float64.
func Dot(x, y []float32) float64 {
	var sum float64
	for i, v := range x {
		sum += float64(v) * float64(y[i])
	}
	return sum
}
