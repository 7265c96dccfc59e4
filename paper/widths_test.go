package paper

import (
	"strings"
	"testing"
)

// Full rank is the smaller side of the map whose smaller side is largest.
func TestWidths(t *testing.T) {
	w := NewWidths([]Map{{"q", 4, 4}, {"q", 4, 4}, {"up", 10, 4}, {"down", 4, 10}})
	narrow := NewWidths([]Map{{"q", 4, 4}, {"k", 2, 4}, {"v", 2, 4}})
	for _, want := range []string{"4 × 4 or 4 × 10, so rank 4", "44 parameters", "112 weights", "from rank 3 on"} {
		if text := w.Text(); !strings.Contains(text, want) {
			t.Errorf("%q lacks %q", text, want)
		}
	}
	const want = "so full rank is 2 of k and v, 4 of other maps: at a larger r the product BA gains no rank"
	if text := narrow.Text(); !strings.Contains(text, want) {
		t.Errorf("%q lacks %q", text, want)
	}
	for _, c := range []struct {
		w     Widths
		ranks []int
		want  string
	}{
		{w, []int{2, 4}, "full rank 4"}, {w, []int{8}, "full rank 4"}, {w, []int{2, 3}, ""}, {w, nil, ""},
		{Widths{}, []int{8}, ""}, {WidthsOf("none"), []int{8}, ""}, {narrow, []int{1}, ""},
		{narrow, []int{1, 3}, "full rank 2 of k and v, 4 of other maps"},
	} {
		if got := c.w.note(c.ranks); got != c.want {
			t.Errorf("%v: %q, want %q", c.ranks, got, c.want)
		}
	}
}
