package paper

import (
	"strings"
	"testing"
)

// Full rank is the smaller side of the map whose smaller side is largest.
func TestWidths(t *testing.T) {
	w := NewWidths([][2]int{{4, 4}, {4, 4}, {10, 4}, {4, 10}})
	for _, want := range []string{"4 × 4 or 4 × 10, so rank 4", "44 parameters", "112 weights", "from rank 3 on"} {
		if text := w.Text(); !strings.Contains(text, want) {
			t.Errorf("%q lacks %q", text, want)
		}
	}
	for _, c := range []struct {
		w     Widths
		ranks []int
		want  string
	}{
		{w, []int{2, 4}, "full rank 4"}, {w, []int{8}, "full rank 4"}, {w, []int{2, 3}, ""}, {w, nil, ""},
		{Widths{}, []int{8}, ""},
	} {
		if got := c.w.note(c.ranks); got != c.want {
			t.Errorf("%v: %q, want %q", c.ranks, got, c.want)
		}
	}
}
