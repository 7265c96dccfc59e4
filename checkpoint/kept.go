package checkpoint

// Kept compares a change of weights, from before to after, with the change that files in the
// form d have. It returns the inner product of the two changes, and the square of the first
// one's norm. Their quotient, each summed over all weights, is the part of the change that
// is kept: 1 without rounding, and 0 if rounding takes all of it.
func (d DType) Kept(before, after []float32) (kept, all float64) {
	stored := func(w []float32) []float32 {
		encoded, rounded := make([]byte, d.size()*len(w)), make([]float32, len(w))
		formats[d].encode(encoded, w)
		formats[d].form.Decode(rounded, encoded)
		return rounded
	}
	from, to := stored(before), stored(after)
	for i := range before {
		change := float64(after[i]) - float64(before[i])
		kept += change * (float64(to[i]) - float64(from[i]))
		all += change * change
	}
	return kept, all
}
