package kernel

// Cutting a product into parts for several cores.

import "iter"

// A cut divides the indices below n into nearly equal parts. The length of each part except
// the last is a multiple of unit.
type cut struct{ n, unit, parts int }

// newCut cuts n into as few parts as possible with at most most indices each; most is a
// multiple of unit.
func newCut(n, most, unit int) cut {
	return cut{n, unit, (n + most - 1) / most}
}

// part returns the first index of a part and its length.
func (c cut) part(i int) (start, length int) {
	units := (c.n + c.unit - 1) / c.unit
	start = units * i / c.parts * c.unit
	end := min(units*(i+1)/c.parts*c.unit, c.n)
	return start, end - start
}

// Depths yields the parts, by first index and length, in which a product sums over a
// dimension of length k. Products of these parts, each added to the sum of the earlier
// ones, give the bytes of the whole product.
func Depths(k int) iter.Seq2[int, int] {
	return func(yield func(start, length int) bool) {
		c := newCut(k, maxK, 1)
		for i := range c.parts {
			if start, length := c.part(i); !yield(start, length) {
				return
			}
		}
	}
}
