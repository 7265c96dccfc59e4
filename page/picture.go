package page

import (
	"html/template"
	"strings"

	"gonum.org/v1/plot/vg"

	"ranksweep/paper/figure"
)

// A picture is a figure as it is printed. As an image it has no styles or scripts of the page.
type picture struct {
	Name, Title, Caption string
	URL                  template.URL
	Width, Height        int // in pixels of CSS, of which an inch has 96
}

func newPicture(f figure.Figure) (picture, error) {
	svg, err := f.Encode(figure.SVG)
	if err != nil {
		return picture{}, err
	}
	width, height := f.Size()
	return picture{
		Name: f.Name, Title: strings.ToUpper(f.Name[:1]) + strings.ReplaceAll(f.Name[1:], "-", " "), Caption: f.Caption,
		URL:   inline("image/svg+xml", svg),
		Width: pixels(width), Height: pixels(height),
	}, nil
}

func pixels(l vg.Length) int { return int(96*l.Points()/72 + 0.5) }
