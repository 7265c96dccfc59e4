package kernel

// Sums and largest values of slices, in an order that depends only on their length.

// parts is the number of partial results of a reduction on every platform. Element i goes
// into partial result i mod parts, and fold adds these up, so that the order of a sum
// depends only on its length.
const parts = 8

// fold adds up partial sums, halving their number in each round.
func fold[T float32 | float64](s *[parts]T) T {
	return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))
}
