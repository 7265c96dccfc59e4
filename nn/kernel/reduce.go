package kernel

// Sums and largest values of slices, in an order that depends on length alone.

// parts is how many partial results a reduction keeps, on every platform: the
// i-th element goes into the one numbered i mod parts, and fold adds these up.
// So the order of a sum depends on its length alone.
const parts = 8

// fold adds up partial sums, halving their number at a time.
func fold[T float32 | float64](s *[parts]T) T {
	return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))
}
