package figure

import (
	"bytes"
	"image"
	"image/color"
	"io"
	"math"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// pdfCanvas is the page of a PDF file. gonum's own canvas needs a folder for temporary files to
// prepare fonts in. This one keeps them in memory, and its files have the glyphs alone that
// their texts need.
//
// PDF has its origin at the lower left, as vg has, but fpdf at the upper left.
type pdfCanvas struct {
	doc           *fpdf.Fpdf
	width, height vg.Length
	lines         []vg.Length // the width of lines, and before it those that Pop brings back
}

// newPDF returns an empty page. The bytes of its file depend on nothing but what is drawn:
// there is no time of creation, and catalogs are in a fixed order.
func newPDF(width, height vg.Length) *pdfCanvas {
	doc := fpdf.NewCustom(&fpdf.InitType{
		UnitStr: "pt", Size: fpdf.SizeType{Wd: width.Points(), Ht: height.Points()},
	})
	doc.SetCatalogSort(true)
	doc.SetCreationDate(time.Unix(0, 0).UTC())
	doc.SetModificationDate(time.Unix(0, 0).UTC())
	doc.AddPage()
	c := &pdfCanvas{doc: doc, width: width, height: height, lines: make([]vg.Length, 1)}
	vg.Initialize(c)
	return c
}

func (c *pdfCanvas) Size() (width, height vg.Length) { return c.width, c.height }

func (c *pdfCanvas) SetLineWidth(width vg.Length) {
	c.lines[len(c.lines)-1] = width
	c.doc.SetLineWidth(width.Points())
}

func (c *pdfCanvas) SetLineDash(pattern []vg.Length, offset vg.Length) {
	dashes := make([]float64, len(pattern))
	for i, d := range pattern {
		dashes[i] = d.Points()
	}
	c.doc.SetDashPattern(dashes, offset.Points())
}

func (c *pdfCanvas) SetColor(colour color.Color) {
	if colour == nil {
		colour = color.Black
	}
	n := color.NRGBAModel.Convert(colour).(color.NRGBA)
	r, g, b := int(n.R), int(n.G), int(n.B)
	c.doc.SetFillColor(r, g, b)
	c.doc.SetDrawColor(r, g, b)
	c.doc.SetTextColor(r, g, b)
	c.doc.SetAlpha(float64(n.A)/math.MaxUint8, "Normal")
}

func (c *pdfCanvas) Rotate(angle float64) {
	sin, cos := math.Sincos(angle)
	c.doc.Transform(fpdf.TransformMatrix{A: cos, B: sin, C: -sin, D: cos})
}

func (c *pdfCanvas) Translate(by vg.Point) {
	c.doc.Transform(fpdf.TransformMatrix{A: 1, D: 1, E: by.X.Points(), F: by.Y.Points()})
}

func (c *pdfCanvas) Scale(x, y float64) { c.doc.Transform(fpdf.TransformMatrix{A: x, D: y}) }

func (c *pdfCanvas) Push() {
	c.lines = append(c.lines, c.lines[len(c.lines)-1])
	c.doc.TransformBegin()
}

func (c *pdfCanvas) Pop() {
	c.lines = c.lines[:len(c.lines)-1]
	c.doc.TransformEnd()
}

func (c *pdfCanvas) Stroke(p vg.Path) {
	if c.lines[len(c.lines)-1] > 0 {
		c.draw(p, "D")
	}
}

func (c *pdfCanvas) Fill(p vg.Path) { c.draw(p, "F") }

// draw strokes or fills a path, by fpdf's name for the one or the other.
func (c *pdfCanvas) draw(p vg.Path, style string) {
	for _, part := range p {
		x, y := c.at(part.Pos)
		switch part.Type {
		case vg.MoveComp:
			c.doc.MoveTo(x, y)
		case vg.LineComp:
			c.doc.LineTo(x, y)
		case vg.ArcComp:
			r, start := part.Radius.Points(), degrees(part.Start)
			c.doc.ArcTo(x, y, r, r, 0, start, start+degrees(part.Angle))
		case vg.CurveComp:
			ax, ay := c.at(part.Control[0])
			bx, by := c.at(part.Control[len(part.Control)-1])
			if len(part.Control) == 1 {
				c.doc.CurveTo(ax, ay, x, y)
			} else {
				c.doc.CurveBezierCubicTo(ax, ay, bx, by, x, y)
			}
		case vg.CloseComp:
			c.doc.ClosePath()
		}
	}
	c.doc.DrawPath(style)
}

// at returns a point as fpdf counts.
func (c *pdfCanvas) at(p vg.Point) (x, y float64) { return p.X.Points(), (c.height - p.Y).Points() }

func degrees(radians float64) float64 { return radians * 180 / math.Pi }

func (c *pdfCanvas) FillString(face font.Face, at vg.Point, text string) {
	name := face.Name()
	if c.doc.GetFontDesc(name, "") == (fpdf.FontDescType{}) {
		var file bytes.Buffer
		if _, err := face.Face.WriteSourceTo(nil, &file); err != nil {
			c.doc.SetError(err)
			return
		}
		c.doc.AddUTF8FontFromBytes(name, "", file.Bytes())
	}
	c.doc.SetFont(name, "", 0)
	c.doc.SetFontSize(face.Font.Size.Points()) // Pop may have brought another size back
	x, y := c.at(at)
	c.doc.Text(x, y, text)
}

// DrawImage is an error of the file, since no figure has images.
func (c *pdfCanvas) DrawImage(vg.Rectangle, image.Image) {
	c.doc.SetErrorf("images cannot be drawn")
}

// WriteTo writes the file. The canvas cannot be drawn on afterwards.
func (c *pdfCanvas) WriteTo(w io.Writer) (int64, error) {
	var file bytes.Buffer
	if err := c.doc.Output(&file); err != nil {
		return 0, err
	}
	return file.WriteTo(w)
}
