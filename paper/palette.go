package paper

import (
	"image/color"
	"slices"
	"strings"
)

// A family is a sequence of shades from light to dark: one scheme, its ranks
// in rising order. The hues of copper and blueGreen stay apart for readers
// who do not tell red from green.
type family [3]color.RGBA

var (
	copper    = family{rgb(0xe9b384), rgb(0xb5632b), rgb(0x47200d)}
	blueGreen = family{rgb(0x86cfc0), rgb(0x23868f), rgb(0x0a334b)}
	purple    = family{rgb(0xc6afe0), rgb(0x7d57b5), rgb(0x341564)}
	grey      = family{rgb(0xb8b8b8), rgb(0x737373), rgb(0x262626)}
	magenta   = family{rgb(0xefa5c2), rgb(0xbf3f79), rgb(0x570e34)}
	blue      = family{rgb(0xa3bfeb), rgb(0x3f6fc0), rgb(0x14295c)}
)

// families gives each scheme its family: the named schemes always the same
// one, also where they are matched at a rank, unless the scheme itself is there
// too; the others what is left, in order of appearance and then around again.
func families(schemes []string) map[string]family {
	named := map[string]family{"lora": copper, "rslora": blueGreen, "constant": purple}
	chosen := make(map[string]family)
	spare := []family{grey, magenta, purple, blue, blueGreen, copper}
	take := func(scheme, name string) {
		f, ok := named[name]
		if i := slices.Index(spare, f); ok && i >= 0 {
			chosen[scheme], spare = f, slices.Delete(spare, i, i+1)
		}
	}
	for _, scheme := range schemes {
		take(scheme, scheme)
	}
	for _, scheme := range schemes {
		name, _, _ := strings.Cut(scheme, "@")
		take(scheme, name)
	}
	next := 0
	for _, scheme := range schemes {
		if _, ok := chosen[scheme]; !ok {
			chosen[scheme] = spare[next%len(spare)]
			next++
		}
	}
	return chosen
}

// shade is the colour of item i of n. A single item takes the middle.
func (f family) shade(i, n int) color.RGBA {
	if n < 2 {
		return f[1]
	}
	t := 2 * float64(i) / float64(n-1)
	if t < 1 {
		return mix(f[0], f[1], t)
	}
	return mix(f[1], f[2], t-1)
}

// tint is the opaque colour that a band of c has on white paper. It is mixed
// here because the PDF canvas applies transparency twice.
func tint(c color.RGBA) color.RGBA { return mix(rgb(0xffffff), c, 0.22) }

// mix goes from a to b as t goes from 0 to 1.
func mix(a, b color.RGBA, t float64) color.RGBA {
	at := func(a, b uint8) uint8 { return uint8(float64(a) + t*(float64(b)-float64(a)) + 0.5) }
	return color.RGBA{R: at(a.R, b.R), G: at(a.G, b.G), B: at(a.B, b.B), A: 0xff}
}

func rgb(hex uint32) color.RGBA {
	return color.RGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xff}
}
