package experiments

import "testing"

// Any file at all gives an experiment or an error. An experiment with a grid is written
// so that it reads back.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{design, everything, "a: &a [*a]", "!!binary a: b",
		"{name: x, data: \"\\n a\", grid: {rank: 4}}"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		e, err := Parse("x.yaml", text)
		if err != nil {
			return
		}
		if points, err := e.Configs(); err == nil && len(points) < 1000 {
			checkReadsBack(t, e)
		}
	})
}
