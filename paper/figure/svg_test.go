package figure

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Each text of an SVG file says how wide it is, so that no reader's font makes it reach out of the figure.
func TestTextsHaveTheirWidth(t *testing.T) {
	f := Figure{Name: "a", Panels: []Panel{{Title: "a < b & c", X: Axis{Label: "rank"}, Y: Axis{Label: "loss"},
		Series: []Series{{Points: []Point{{X: 1}, {X: 2}}}}}}}
	svg, err := f.Encode(SVG)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(svg), "<text textLength="); n < 5 || n != strings.Count(string(svg), "<text ") {
		t.Errorf("%d texts have a width, of %d", n, strings.Count(string(svg), "<text "))
	}
	at := regexp.MustCompile(`textLength="([0-9.]+)"[^>]*>a &lt; b &amp; c</text>`).FindSubmatch(svg)
	if at == nil {
		t.Fatalf("the title is not there:\n%s", svg)
	}
	width, err := strconv.ParseFloat(string(at[1]), 64)
	want := textStyle(titleSize).Width("a < b & c").Points()
	if err != nil || math.Abs(width-want) > 0.01 {
		t.Errorf("the title is %v wide, want %v: %v", width, want, err)
	}
}
