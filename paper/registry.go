package paper

import (
	"errors"
	"fmt"
	"slices"

	"ranksweep/nn"
	"ranksweep/paper/figure"
	"ranksweep/suggest"
)

// A drawing is a figure that can be drawn of a view.
type drawing struct {
	name  string // of the figure, by which it is asked for
	shows string // what it shows, in a line
	asked bool   // is drawn only where it is asked for
	draw  func(View) (f figure.Figure, ok bool)
}

// drawings are all figures that there are: run, plot, check and reproduce draw from this
// table and from nothing else.
var drawings = append([]drawing{
	{"loss", "loss against steps", false, lossFigure},
	{"gradient-norm", "norm of all gradients against steps", false, gradientFigure},
	{"onset", "gradient norm at the onset against rank, and its power", false, onsetFigure},
	{"frontier", "final loss against what it takes", false, frontierFigure},
	{"differences", "differences of final losses against rank", false, differencesFigure},
	{"best-rate", "best learning rate against rank, and its power", false, ratesFigure},
	{"learning-rate", "final loss against the learning rate", false, lossRateFigure},
	{"phase", "powers of rank by optimizer and exponent", false, phaseFigure},
	{"activations", "outputs of adapters against steps", true, activationFigure},
	{"regime", "sizes over their law for small ranks", true, regimeFigure},
	{InferenceStudy, "time with an adapter over the base's", true, inferenceFigure},
}, checkDrawings()...)

// checkDrawings are those of the rank check, one an optimizer.
func checkDrawings() (all []drawing) {
	for _, optimizer := range nn.Optimizers() {
		all = append(all, drawing{
			checkName(optimizer), "sizes of the first update against rank under " + optimizer, true,
			func(v View) (figure.Figure, bool) { return checkFigure(v, optimizer) },
		})
	}
	return all
}

// checkName is the name of the rank check's figure of an optimizer.
func checkName(optimizer string) string { return "check-" + optimizer }

// FigureNames are the names by which figures can be asked for.
func FigureNames() (names []string) {
	for _, d := range drawings {
		names = append(names, d.name)
	}
	return names
}

// drawingNamed finds a drawing. A name that no drawing has is an error.
func drawingNamed(name string) (drawing, error) {
	i := slices.IndexFunc(drawings, func(d drawing) bool { return d.name == name })
	if i < 0 {
		return drawing{}, fmt.Errorf("paper: %w", suggest.Unknown("figure", name, FigureNames()))
	}
	return drawings[i], nil
}

// Figures draws the named figures or, without names, those that say something of the view
// and need not be asked for. What runs lack is left blank and noted in the figure. It is
// an error if there is no run, no figure of a name, or nothing for it to show.
func Figures(v View, names ...string) (figures []figure.Figure, err error) {
	if len(v.arms)+len(v.Inference) == 0 {
		return nil, errNoRuns
	}
	if len(names) == 0 {
		return unasked(v), nil
	}
	for _, name := range names {
		d, err := drawingNamed(name)
		if err != nil {
			return nil, err
		}
		f, ok := d.draw(v)
		if !ok {
			return nil, fmt.Errorf("paper: figure %s: these runs have nothing for it to show: %s", name, d.shows)
		}
		figures = append(figures, f)
	}
	return figures, nil
}

// those draws the named figures that have something to show. A name that no drawing has
// is an error.
func those(v View, names []string) (figures []figure.Figure, err error) {
	for _, name := range names {
		d, err := drawingNamed(name)
		if err != nil {
			return nil, err
		}
		if f, ok := d.draw(v); ok {
			figures = append(figures, f)
		}
	}
	return figures, nil
}

// unasked are the figures that need not be asked for.
func unasked(v View) (figures []figure.Figure) {
	for _, d := range drawings {
		if d.asked {
			continue
		}
		if f, ok := d.draw(v); ok {
			figures = append(figures, f)
		}
	}
	return figures
}

var errNoRuns = errors.New("paper: no runs: nothing to show; is this the folder of a sweep that has run?")
