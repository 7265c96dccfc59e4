package kernel

// How a product is cut into parts for several cores.

import "iter"

// A cut divides the indices below n into nearly equal parts, each a multiple
// of unit long but for the last.
type cut struct{ n, unit, parts int }

// newCut cuts n into as few parts as will do for each to have at most most
// indices; most is a multiple of unit.
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

// Depths yields the parts, by their first index and length, in which products
// go through a dimension of k that they sum over. Products of these parts, each
// added to the sum of those before, give the bytes of the whole product.
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
