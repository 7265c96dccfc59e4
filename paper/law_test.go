package paper

import "testing"

func TestAside(t *testing.T) {
	for n := 1; n <= 12; n++ {
		for i := range n {
			if x := aside(i, n); x < -5 || x > 5 || i > 0 && x <= aside(i-1, n) {
				t.Errorf("mark %d of %d stands %v aside", i, n, x)
			}
		}
		if first, last := aside(0, n), aside(n-1, n); first != -last {
			t.Errorf("marks of %d from %v to %v: not in the middle", n, first, last)
		}
	}
}
