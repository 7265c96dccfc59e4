package figure

import (
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	titleSize  vg.Length = 9.5
	labelSize  vg.Length = 9
	tickSize   vg.Length = 8
	tileSize   vg.Length = 7 // numbers in a heat map, which would touch if larger
	legendSize vg.Length = 8
)

// Ink is the colour of texts and axes.
var Ink = RGB(0x262626)

// typeface is the one of all texts of a figure.
var typeface = font.Font{Typeface: "Liberation", Variant: "Sans"}

func textStyle(size vg.Length) draw.TextStyle {
	return draw.TextStyle{
		Color:   Ink,
		Font:    font.From(typeface, size),
		Handler: plot.DefaultTextHandler,
	}
}

// write puts text at a point of the canvas.
func write(c draw.Canvas, style draw.TextStyle, at vg.Point, text string) {
	c.FillText(style, at, shown(text))
}

// shown replaces characters that the typeface or a PDF file cannot show.
func shown(text string) string {
	face := plot.DefaultTextHandler.Cache().Lookup(typeface, 1).Face
	return strings.Map(func(r rune) rune {
		if glyph, err := face.GlyphIndex(nil, r); err != nil || glyph == 0 || r > 0xffff {
			return '?'
		}
		return r
	}, text)
}

// wrap breaks text after commas into lines of at most the given width; a part without a comma
// may be wider.
func wrap(style draw.TextStyle, text string, width vg.Length) []string {
	return breakAfter(", ", style, text, width)
}

// breakAfter is wrap at another separator than commas.
func breakAfter(separator string, style draw.TextStyle, text string, width vg.Length) []string {
	if text == "" {
		return nil
	}
	var lines []string
	for _, part := range strings.SplitAfter(text, separator) {
		if n := len(lines); n > 0 && style.Width(shown(lines[n-1]+part)) <= width {
			lines[n-1] += part
			continue
		}
		lines = append(lines, part)
	}
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}

// LegendLines breaks a text after commas into lines of a legend, at most two inches wide if its
// parts allow it.
func LegendLines(text string) []string { return wrap(textStyle(legendSize), text, 2*inch) }

// shortened takes letters out of the middle of a text that is wider than the given width.
func shortened(style draw.TextStyle, text string, width vg.Length) string {
	letters := []rune(shown(text))
	for keep := len(letters); style.Width(text) > width && keep > 1; {
		keep--
		text = string(letters[:keep-keep/2]) + "…" + string(letters[len(letters)-keep/2:])
	}
	return text
}
