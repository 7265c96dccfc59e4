package figure

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"strconv"

	"gonum.org/v1/plot/vg"

	"ranksweep/paper/number"
)

// textElement is a text as gonum writes it: its attributes, the size among them, and its content.
var textElement = regexp.MustCompile(`<text ([^>]*font-size:([0-9.]+)px[^>]*)>([^<]+)</text>`)

// forAnyFont makes texts as wide as they were when they were laid out, in a file that embeds no font. It names
// fonts with the widths of Liberation Sans, and gives each text its width, to which readers without any of them
// stretch theirs.
func forAnyFont(svg []byte) []byte {
	svg = bytes.ReplaceAll(svg,
		[]byte("font-family:Liberation Sans;"),
		[]byte("font-family:'Liberation Sans',Arial,Helvetica,sans-serif;"))
	return textElement.ReplaceAllFunc(svg, func(element []byte) []byte {
		part := textElement.FindSubmatch(element)
		size, err := strconv.ParseFloat(string(part[2]), 64)
		if err != nil {
			return element
		}
		text := html.UnescapeString(string(part[3]))
		width := textStyle(vg.Length(size)).Width(text)
		return fmt.Appendf(nil, `<text textLength="%s" lengthAdjust="spacingAndGlyphs" %s>%s</text>`,
			number.Fixed(width.Points(), 2), part[1], part[3])
	})
}
