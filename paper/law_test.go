package paper

import (
	"testing"

	"ranksweep/paper/figure"
)

func TestAside(t *testing.T) {
	for n := 1; n <= 12; n++ {
		for i := range n {
			if x := figure.Aside(i, n); x < -3 || x > 3 || i > 0 && x <= figure.Aside(i-1, n) {
				t.Errorf("mark %d of %d stands %v aside", i, n, x)
			}
		}
		if first, last := figure.Aside(0, n), figure.Aside(n-1, n); first != -last {
			t.Errorf("marks of %d from %v to %v: not in the middle", n, first, last)
		}
	}
}
