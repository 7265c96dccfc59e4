package paper

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	"ranksweep/paper/figure"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A sheet is a canvas that keeps where text and lines were put, in the figure's coordinates.
type sheet struct {
	width, height vg.Length
	stack         []frame
	texts         []placed
	segments      [][2]vg.Point
}

// frame maps a point p to origin + p rotated by angle.
type frame struct {
	origin vg.Point
	angle  float64
}

type placed struct {
	text string
	box  vg.Rectangle
}

func newSheet(width, height vg.Length) *sheet {
	return &sheet{width: width, height: height, stack: []frame{{}}}
}

func (s *sheet) top() *frame { return &s.stack[len(s.stack)-1] }

func (s *sheet) place(p vg.Point) vg.Point {
	f := s.top()
	sin, cos := math.Sincos(f.angle)
	return vg.Point{
		X: f.origin.X + vg.Length(cos)*p.X - vg.Length(sin)*p.Y,
		Y: f.origin.Y + vg.Length(sin)*p.X + vg.Length(cos)*p.Y,
	}
}

func (s *sheet) Size() (vg.Length, vg.Length)        { return s.width, s.height }
func (s *sheet) SetLineWidth(vg.Length)              {}
func (s *sheet) SetLineDash([]vg.Length, vg.Length)  {}
func (s *sheet) SetColor(color.Color)                {}
func (s *sheet) Rotate(angle float64)                { s.top().angle += angle }
func (s *sheet) Translate(p vg.Point)                { s.top().origin = s.place(p) }
func (s *sheet) Scale(_, _ float64)                  { panic("sheet: no figure scales") }
func (s *sheet) Push()                               { s.stack = append(s.stack, *s.top()) }
func (s *sheet) Pop()                                { s.stack = s.stack[:len(s.stack)-1] }
func (s *sheet) Fill(vg.Path)                        {}
func (s *sheet) DrawImage(vg.Rectangle, image.Image) { panic("sheet: no figure has images") }

func (s *sheet) Stroke(path vg.Path) {
	var last vg.Point
	for _, c := range path {
		at := s.place(c.Pos)
		if c.Type == vg.LineComp {
			s.segments = append(s.segments, [2]vg.Point{last, at})
		}
		last = at
	}
}

func (s *sheet) FillString(face font.Face, pt vg.Point, text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	width, size := face.Width(strings.TrimRight(text, " ")), face.Font.Size
	// Liberation Sans reaches from 0.21 below the baseline to 0.73 above.
	a := s.place(vg.Point{X: pt.X, Y: pt.Y - 0.21*size})
	b := s.place(vg.Point{X: pt.X + width, Y: pt.Y + 0.73*size})
	s.texts = append(s.texts, placed{text, vg.Rectangle{
		Min: vg.Point{X: min(a.X, b.X), Y: min(a.Y, b.Y)},
		Max: vg.Point{X: max(a.X, b.X), Y: max(a.Y, b.Y)},
	}})
}

// faults lists texts that leave the sheet, touch another text or are crossed by a line.
func (s *sheet) faults() []string {
	var faults []string
	for i, t := range s.texts {
		if t.box.Min.X < 0 || t.box.Min.Y < 0 || t.box.Max.X > s.width || t.box.Max.Y > s.height {
			faults = append(faults, fmt.Sprintf("%q leaves the figure: %v", t.text, t.box))
		}
		for _, u := range s.texts[:i] {
			if t.box.Min.X < u.box.Max.X && u.box.Min.X < t.box.Max.X && t.box.Min.Y < u.box.Max.Y &&
				u.box.Min.Y < t.box.Max.Y {
				faults = append(faults, fmt.Sprintf("%q overlaps %q", t.text, u.text))
			}
		}
		for _, l := range s.segments {
			if crosses(l, t.box) {
				faults = append(faults, fmt.Sprintf("a line crosses %q", t.text))
				break
			}
		}
	}
	return faults
}

// crosses clips the segment to the box (Liang and Barsky) and reports whether
// anything is left.
func crosses(l [2]vg.Point, box vg.Rectangle) bool {
	t0, t1 := vg.Length(0), vg.Length(1)
	d := l[1].Sub(l[0])
	for _, edge := range [][2]vg.Length{
		{-d.X, l[0].X - box.Min.X}, {d.X, box.Max.X - l[0].X},
		{-d.Y, l[0].Y - box.Min.Y}, {d.Y, box.Max.Y - l[0].Y},
	} {
		p, q := edge[0], edge[1]
		switch {
		case p == 0 && q < 0:
			return false
		case p < 0:
			t0 = max(t0, q/p)
		case p > 0:
			t1 = min(t1, q/p)
		}
	}
	return t0 <= t1
}

// checkLayout lays the figure out and returns its faults.
func checkLayout(f figure.Figure) []string {
	s := newSheet(f.Size())
	f.Draw(draw.New(s))
	return s.faults()
}

func TestNoTextOverlapsOrIsClipped(t *testing.T) {
	six := []int{4, 8, 32, 128, 512, 2048}
	both := []string{"lora", "rslora"}
	for name, f := range map[string]fake{
		"paper":   {schemes: both, ranks: six, seeds: 3, steps: 60},
		"long":    {schemes: both, ranks: six, seeds: 3, steps: 2500, noVal: true},
		"schemes": {schemes: []string{"lora", "rslora", "constant", "p=0.75"}, ranks: six, seeds: 2, steps: 20},
		"rates": {schemes: []string{"lora", "rslora@4"}, ranks: six, seeds: 1, steps: 20,
			rates: []float64{1e-5, 1e-4, 1e-3}},
		"many": {schemes: both, seeds: 2, steps: 20,
			ranks: []int{1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096}},
		"neighbours": {schemes: both, ranks: []int{1000, 1001, 1002}, seeds: 2, steps: 20},
		"single":     {schemes: []string{"lora"}, ranks: []int{8}, seeds: 1, steps: 20000},
	} {
		figures, err := Figures(view(f.runs()))
		if err != nil {
			t.Fatal(err)
		}
		for _, figure := range figures {
			for _, fault := range checkLayout(figure) {
				t.Errorf("%s, %s: %s", name, figure.Name, fault)
			}
		}
	}
}

func TestCheckLayoutFindsFaults(t *testing.T) {
	x := figure.Axis{Label: "x"}.Over(0, 1)
	one := figure.Panel{Title: "title", X: x, Y: figure.Axis{Label: "y"}.Over(0, 1),
		Series: []figure.Series{{Points: []figure.Point{{X: 0, Y: 0}}}}}
	if faults := checkLayout(figure.Figure{Panels: []figure.Panel{one}}); len(faults) > 0 {
		t.Fatalf("a plain figure has faults: %v", faults)
	}
	long := one
	long.Title = strings.Repeat("title without a comma ", 10)
	if len(checkLayout(figure.Figure{Panels: []figure.Panel{long, one}})) == 0 {
		t.Error("titles that overlap were not found")
	}
	crossed := one
	crossed.Y.Label = strings.Repeat("y", 200)
	if len(checkLayout(figure.Figure{Panels: []figure.Panel{crossed}})) == 0 {
		t.Error("a label that leaves the figure was not found")
	}
	line := newSheet(100, 100)
	line.texts = []placed{{"text", vg.Rectangle{Min: vg.Point{X: 10, Y: 10}, Max: vg.Point{X: 20, Y: 20}}}}
	line.segments = [][2]vg.Point{{{X: 0, Y: 0}, {X: 30, Y: 30}}}
	if len(line.faults()) != 1 {
		t.Error("a line across a text was not found")
	}
	line.segments = [][2]vg.Point{{{X: 0, Y: 15}, {X: 5, Y: 15}}}
	if len(line.faults()) != 0 {
		t.Error("a line beside a text was found")
	}
}

// Bars that are shorter than their marks have feet beside them.
func TestFeetOfShortBarsAreSeen(t *testing.T) {
	points := []figure.Point{{X: 0.5, Y: 0.5, Low: 0.499, High: 0.501}}
	marked := figure.Series{Points: points, Glyph: figure.Glyphs[0], Spread: figure.Bars}
	s := newSheet(300, 300)
	figure.Figure{Panels: []figure.Panel{{X: figure.Axis{}.Over(0, 1), Y: figure.Axis{Label: "y"}.Over(0, 1),
		Series: []figure.Series{marked}}}}.Draw(draw.New(s))
	feet := 0
	for _, l := range s.segments {
		if wide := l[1].X - l[0].X; l[0].Y == l[1].Y && wide > 5.5 && wide < 10 { // a mark is 4.8 wide
			feet++
		}
	}
	if feet != 2 {
		t.Errorf("%d feet that are wider than a mark, want 2", feet)
	}
}
