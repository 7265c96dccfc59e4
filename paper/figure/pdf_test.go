package figure

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// sample is a figure with marks of every shape, and a text that needs care.
func sample() Figure {
	line := func(y float64, g draw.GlyphDrawer) Series {
		return Series{Points: []Point{{1, y, y - 0.3, y + 0.3}, {10, y + 1, y + 0.5, y + 1.2}}, Color: RGB(0x1f77b4),
			Line: 1.2, Dashes: []vg.Length{4, 2}, Glyph: g, Spread: Bars}
	}
	x, y := Axis{Label: "rank", Log: true}.Over(1, 10), Axis{Label: "loss (nats)"}.Over(0, 6)
	return Figure{Name: "sample", Panels: []Panel{{Title: `(a) \ ä 漢`, X: x, Y: y, Series: []Series{
		line(1, draw.CircleGlyph{}), line(3, draw.SquareGlyph{}), line(4, draw.RingGlyph{})}}}}
}

// A PDF file has the same bytes each time, and only the glyphs that it needs: the whole font
// has 400 kB.
func TestPDFIsTheSameEachTime(t *testing.T) {
	first, err := sample().Encode(PDF)
	if err != nil || !bytes.HasPrefix(first, []byte("%PDF-")) || len(first) > 50_000 {
		t.Fatalf("%d bytes, %v", len(first), err)
	}
	for range 20 {
		if again, err := sample().Encode(PDF); err != nil || !bytes.Equal(again, first) {
			t.Fatalf("another file: %v", err)
		}
	}
}

// Texts have the characters that the typeface has.
func TestTextsShowWhatTheTypefaceHas(t *testing.T) {
	svg, err := sample().Encode(SVG)
	if err != nil || !strings.Contains(string(svg), `(a) \ ä ?`) {
		t.Errorf("%v: the title is not in\n%s", err, svg)
	}
	if got := shown("γ‖W‖\n\x00😀"); got != "γ‖W‖???" {
		t.Errorf("shown as %q", got)
	}
}

// operators returns what is drawn as the file has it. The numbers in the test are those of the
// PDF reference, sections 4.2.2 (cm), 4.3.3 (w, d), 4.4 (m, l, c, h, S, f) and 5.2 (Tf, Td).
func operators(t *testing.T, drawing func(c *pdfCanvas)) string {
	t.Helper()
	c := newPDF(100, 50)
	c.doc.SetCompression(false)
	drawing(c)
	var file bytes.Buffer
	if _, err := c.WriteTo(&file); err != nil {
		t.Fatal(err)
	}
	return file.String()
}

func TestPDFCanvas(t *testing.T) {
	face := plot.DefaultTextHandler.Cache().Lookup(typeface, 8)
	small := plot.DefaultTextHandler.Cache().Lookup(typeface, 6)
	var path vg.Path
	path.Move(vg.Point{X: 1, Y: 2})
	path.Line(vg.Point{X: 3, Y: 4})
	path.Close()
	for name, test := range map[string]struct {
		drawing func(c *pdfCanvas)
		want    string
	}{
		"lines":  {func(c *pdfCanvas) { c.Stroke(path) }, "1.00 2.00 m\n3.00 4.00 l\nh\nS\n"},
		"areas":  {func(c *pdfCanvas) { c.Fill(path) }, "1.00 2.00 m\n3.00 4.00 l\nh\nf\n"},
		"dashes": {func(c *pdfCanvas) { c.SetLineDash([]vg.Length{4, 2}, 1) }, "[4.00 2.00] 1.00 d\n"},
		"widths": {func(c *pdfCanvas) { c.SetLineWidth(1.5) }, "1.50 w\n"},
		"moved and turned": {func(c *pdfCanvas) {
			c.Push()
			c.Translate(vg.Point{X: 10, Y: 20})
			c.Rotate(math.Pi / 2)
			c.Pop()
		}, "q\n1.00000 0.00000 0.00000 1.00000 10.00000 20.00000 cm\n" +
			"0.00000 1.00000 -1.00000 0.00000 0.00000 0.00000 cm\nQ\n"},
		"colours": {func(c *pdfCanvas) { c.SetColor(RGB(0xff0000)) }, "1.000 0.000 0.000 rg\n1.000 0.000 0.000 RG\n"},
		"a size that Pop brings back": {func(c *pdfCanvas) {
			c.FillString(face, vg.Point{}, "a")
			c.Push()
			c.FillString(small, vg.Point{X: 7, Y: 9}, "b")
			c.Pop()
			c.FillString(small, vg.Point{X: 8, Y: 9}, "c")
		}, " 6.00 Tf ET\nBT 8.00 9.00 Td (\x00c) Tj ET\n"},
	} {
		if got := operators(t, test.drawing); !strings.Contains(got, test.want) {
			t.Errorf("%s: %q is not in\n%.2000q", name, test.want, got)
		}
	}
}

// A line without width is not drawn, and Pop brings the width back.
func TestPDFLinesWithoutWidth(t *testing.T) {
	var path vg.Path
	path.Move(vg.Point{})
	path.Line(vg.Point{X: 3})
	got := operators(t, func(c *pdfCanvas) {
		c.Push()
		c.SetLineWidth(0)
		c.Stroke(path)
		c.Pop()
	})
	if strings.Contains(got, "3.00 0.00 l") {
		t.Error("a line without width is drawn")
	}
	if got := operators(t, func(c *pdfCanvas) {
		c.Push()
		c.SetLineWidth(0)
		c.Pop()
		c.Stroke(path)
	}); !strings.Contains(got, "3.00 0.00 l\nS\n") {
		t.Error("a line is missing after Pop")
	}
}

func TestPDFHasNoImages(t *testing.T) {
	c := newPDF(100, 50)
	c.DrawImage(vg.Rectangle{}, nil)
	if _, err := c.WriteTo(new(bytes.Buffer)); err == nil {
		t.Error("an image is left out in silence")
	}
}
