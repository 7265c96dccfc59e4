package figure

import (
	"image/color"
	"math"
	"testing"
)

// seen maps linear RGB to what an eye without one kind of cones sees: Machado, Oliveira and Fernandes, A
// physiologically-based model for simulation of color vision deficiency (2009), severity 1.
var seen = map[string][3][3]float64{
	"all cones": {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia": {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216},
		{-0.003882, -0.048116, 1.051998}},
	"deuteranopia": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413},
		{-0.011820, 0.042940, 0.968881}},
	"tritanopia": {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602},
		{0.004733, 0.691367, 0.303900}},
}

// linear is a colour in linear RGB, by the transfer function of sRGB (IEC 61966-2-1).
func linear(c color.RGBA) (v [3]float64) {
	for i, b := range []uint8{c.R, c.G, c.B} {
		if x := float64(b) / 255; x <= 0.04045 {
			v[i] = x / 12.92
		} else {
			v[i] = math.Pow((x+0.055)/1.055, 2.4)
		}
	}
	return v
}

func times(m [3][3]float64, v [3]float64) (w [3]float64) {
	for i := range m {
		for j := range v {
			w[i] += m[i][j] * v[j]
		}
	}
	return w
}

// lab is linear RGB in CIELAB, under D65 (CIE 15).
func lab(v [3]float64) [3]float64 {
	for i := range v {
		v[i] = math.Max(0, math.Min(1, v[i]))
	}
	xyz := times([3][3]float64{{0.4124564, 0.3575761, 0.1804375}, {0.2126729, 0.7151522, 0.0721750},
		{0.0193339, 0.1191920, 0.9503041}}, v)
	for i, white := range []float64{0.95047, 1, 1.08883} {
		if t := xyz[i] / white; t > 216.0/24389 {
			xyz[i] = math.Cbrt(t)
		} else {
			xyz[i] = (24389.0/27*t + 16) / 116
		}
	}
	return [3]float64{116*xyz[1] - 16, 500 * (xyz[0] - xyz[1]), 200 * (xyz[1] - xyz[2])}
}

// distance is the colour difference ΔE*ab between two colours as an eye sees them.
func distance(a, b color.RGBA, eye string) float64 {
	x, y := lab(times(seen[eye], linear(a))), lab(times(seen[eye], linear(b)))
	return math.Hypot(math.Hypot(x[0]-y[0], x[1]-y[1]), x[2]-y[2])
}

// closest is the least distance between two of some colours.
func closest(colors []color.RGBA, eye string) float64 {
	least := math.Inf(1)
	for i, a := range colors {
		for _, b := range colors[:i] {
			least = math.Min(least, distance(a, b, eye))
		}
	}
	return least
}

// Six colours of lines, and six shades, can be told apart by every eye. A difference of 2.3 is just seen
// (Mahy, Van Eycken and Oosterlinck, 1994); lines a point wide need several times that.
func TestSixLinesAreToldApart(t *testing.T) {
	var ordered []color.RGBA
	for i := range 6 {
		ordered = append(ordered, Ordered(i, 6))
	}
	for eye := range seen {
		if d := closest(Apart[:], eye); len(Apart) < 6 || d < 30 {
			t.Errorf("%d colours, %s: two differ by %.1f only, want 30", len(Apart), eye, d)
		}
		if d := closest(ordered, eye); d < 12 {
			t.Errorf("shades, %s: two differ by %.1f only, want 12", eye, d)
		}
	}
}

// The distance of black and white is 100, in every eye, and a red and a green that a deuteranope confuses are
// near each other there alone.
func TestDistanceOfColours(t *testing.T) {
	for eye := range seen {
		if d := distance(RGB(0), RGB(0xffffff), eye); math.Abs(d-100) > 1 {
			t.Errorf("%s: black and white differ by %v", eye, d)
		}
	}
	red, green := RGB(0xa06030), RGB(0x708030)
	if d, all := distance(red, green, "deuteranopia"), distance(red, green, "all cones"); d > all/3 {
		t.Errorf("a deuteranope sees a difference of %.1f, and other eyes one of %.1f", d, all)
	}
}

// Shades get darker in order, and text can be read on every tile: its contrast is 4.5 at least (WCAG 2.2, 1.4.3).
func TestShadesAndTiles(t *testing.T) {
	luminance := func(c color.RGBA) float64 {
		v := linear(c)
		return 0.2126*v[0] + 0.7152*v[1] + 0.0722*v[2]
	}
	for n := 2; n <= 12; n++ {
		for i := 1; i < n; i++ {
			if luminance(Ordered(i, n)) >= luminance(Ordered(i-1, n)) {
				t.Errorf("shade %d of %d is not darker than the one before", i, n)
			}
		}
	}
	for i := range 11 {
		tile := Heat(float64(i) / 10)
		if contrast := (luminance(tile) + 0.05) / (luminance(Ink) + 0.05); contrast < 4.5 {
			t.Errorf("tile %d of 10: contrast %.2f", i, contrast)
		}
	}
}
