package figure

import (
	"image/color"
	"math"
)

// A Family is a sequence of shades from light to dark.
type Family [3]color.RGBA

// The families. Readers who cannot tell red from green can still tell Copper from BlueGreen.
var (
	Copper    = Family{RGB(0xe9b384), RGB(0xb5632b), RGB(0x47200d)}
	BlueGreen = Family{RGB(0x86cfc0), RGB(0x23868f), RGB(0x0a334b)}
	Purple    = Family{RGB(0xc6afe0), RGB(0x7d57b5), RGB(0x341564)}
	Grey      = Family{RGB(0xb8b8b8), RGB(0x737373), RGB(0x262626)}
	Magenta   = Family{RGB(0xefa5c2), RGB(0xbf3f79), RGB(0x570e34)}
	Blue      = Family{RGB(0xa3bfeb), RGB(0x3f6fc0), RGB(0x14295c)}
	Olive     = Family{RGB(0xd6d27c), RGB(0x8f8a1f), RGB(0x3b390c)}
)

// Shade is the colour of item i of n. A single item takes the middle.
func (f Family) Shade(i, n int) color.RGBA {
	if n < 2 {
		return f[1]
	}
	t := 2 * float64(i) / float64(n-1)
	if t < 1 {
		return mix(f[0], f[1], t)
	}
	return mix(f[1], f[2], t-1)
}

// tint is the opaque colour of a band of c on white paper. It is mixed here because the PDF
// canvas would apply transparency twice.
func tint(c color.RGBA) color.RGBA { return mix(RGB(0xffffff), c, 0.22) }

// mix goes from a to b as t goes from 0 to 1.
func mix(a, b color.RGBA, t float64) color.RGBA {
	at := func(a, b uint8) uint8 { return uint8(float64(a) + t*(float64(b)-float64(a)) + 0.5) }
	return color.RGBA{R: at(a.R, b.R), G: at(a.G, b.G), B: at(a.B, b.B), A: 0xff}
}

// RGB is an opaque colour by its six hexadecimal digits.
func RGB(hex uint32) color.RGBA {
	return color.RGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xff}
}

// Diverging is white at 0, blue below and copper above, full at ±1.
func Diverging(v float64) color.RGBA {
	white := RGB(0xffffff)
	switch {
	case math.IsNaN(v):
		return RGB(0xf0f0f0)
	case v < 0:
		return mix(white, RGB(0x5b9fc4), math.Min(1, -v))
	}
	return mix(white, RGB(0xd98a4e), math.Min(1, v))
}

// Apart are colours for lines that have no order, at most as many as there are here. Readers who see colours
// differently tell them apart too: a test simulates how.
var Apart = [...]color.RGBA{
	RGB(0xb22819), RGB(0x206680), RGB(0x8f39c5), RGB(0xd3a321), RGB(0x39c0e8), RGB(0x262626),
}

// ramp is the colours that Ordered goes through, from light to dark.
var ramp = [...]color.RGBA{RGB(0xd9b13b), RGB(0x4f9d7c), RGB(0x2b5c8f), RGB(0x241a4d)}

// Ordered is the colour of line i of n, which have an order: the first is the lightest.
func Ordered(i, n int) color.RGBA {
	if n < 2 {
		return Apart[1]
	}
	t := float64(i) / float64(n-1) * float64(len(ramp)-1)
	k := min(int(t), len(ramp)-2)
	return mix(ramp[k], ramp[k+1], t-float64(k))
}

// Heat is the colour of a tile, from light at 0 to dark at 1. Its text can be read on all of them.
func Heat(t float64) color.RGBA {
	if math.IsNaN(t) {
		return RGB(0xf0f0f0)
	}
	return mix(RGB(0xf6e0bc), RGB(0xd07c40), math.Max(0, math.Min(1, t)))
}
