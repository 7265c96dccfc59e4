package kernel

import "testing"

func TestCutCoversAllInFewParts(t *testing.T) {
	for n := range 100 {
		for _, size := range [][2]int{{1, 1}, {7, 1}, {8, 4}, {96, 32}} {
			most, unit := size[0], size[1]
			c := newCut(n, most, unit)
			if want := (n + most - 1) / most; c.parts != want {
				t.Errorf("%d in parts of %d: %d parts, want %d", n, most, c.parts, want)
			}
			next := 0
			for i := range c.parts {
				start, length := c.part(i)
				last := i == c.parts-1
				if start != next || length < 1 || length > most || !last && length%unit != 0 {
					t.Fatalf("%d in parts of %d, unit %d: part %d is %d at %d", n, most, unit, i, length, start)
				}
				next += length
			}
			if next != n {
				t.Errorf("%d in parts of %d: %d covered", n, most, next)
			}
		}
	}
}
