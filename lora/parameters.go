package lora

import "ranksweep/nn"

// Parameters counts the entries that a method trains on m with these settings, at the start: AdaLoRA's before
// any cut. The arrays themselves are neither made nor drawn.
func Parameters(method Method, m *nn.Model, c Config) (n int64, err error) {
	set, err := method.Attach(&nn.Arena{Counting: true}, m, c, 0)
	if err != nil {
		return 0, err
	}
	for _, t := range set.Trainables {
		for _, p := range t.Params() {
			n += int64(p.Rows) * int64(p.Cols)
		}
	}
	return n, nil
}
