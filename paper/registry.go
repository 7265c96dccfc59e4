package paper

import (
	"errors"
	"fmt"
	"slices"

	"gonum.org/v1/plot/vg"

	"ranksweep/chart"
	"ranksweep/misspelt"
	"ranksweep/nn"
	"ranksweep/paper/figure"
)

// A drawing is a figure that can be drawn of a view.
type drawing struct {
	name  string // by which the figure is asked for
	shows string // what it shows, in a line
	asked bool   // is drawn only if it is asked for
	draw  func(View) (f figure.Figure, ok bool)
}

// drawings has every figure. The commands run, plot, check and reproduce draw from this table
// only.
var drawings = append([]drawing{
	{"loss", "loss against steps", false, lossFigure},
	{"gradient-norm", "norm of all gradients against steps", false, gradientFigure},
	{"onset", "gradient norm at the onset against rank, and its power", false, onsetFigure},
	{"frontier", "final loss against what it costs", false, frontierFigure},
	{"differences", "differences of final losses against rank", false, differencesFigure},
	{"best-rate", "best learning rate against rank, and its power", false, ratesFigure},
	{"learning-rate", "final loss against the learning rate", false, lossRateFigure},
	{"phase", "powers of rank by optimizer and exponent", false, phaseFigure},
	{"activations", "outputs of adapters against steps", true, activationFigure},
	{"regime", "quantities relative to their law for small ranks", true, regimeFigure},
	{"init-differences", "differences of final losses between kinds of initialization", true, initDifferencesFigure},
	{"ratios", "what is measured of the first steps over what theory expects", true, ratiosFigure},
	{InferenceStudy, "time with an adapter, relative to the base model", true, inferenceFigure},
}, checkDrawings()...)

// checkDrawings are the drawings of the rank check, one for each optimizer.
func checkDrawings() (all []drawing) {
	for _, optimizer := range nn.Optimizers() {
		all = append(all, drawing{
			checkName(optimizer), "quantities of the first update against rank under " + optimizer, true,
			func(v View) (figure.Figure, bool) { return checkFigure(v, optimizer) },
		})
	}
	return all
}

// checkName is the name of the rank check's figure for an optimizer.
func checkName(optimizer string) string { return "check-" + optimizer }

// FigureNames are the names by which figures can be asked for.
func FigureNames() (names []string) {
	for _, d := range drawings {
		names = append(names, d.name)
	}
	return names
}

// drawingNamed finds a drawing. An unknown name is an error.
func drawingNamed(name string) (drawing, error) {
	i := slices.IndexFunc(drawings, func(d drawing) bool { return d.name == name })
	if i < 0 {
		return drawing{}, fmt.Errorf("paper: %w", misspelt.Unknown("figure", name, FigureNames()))
	}
	return drawings[i], nil
}

// Figures draws the named figures or, without names, those that have something to show and are
// drawn unasked. Figures leave blank what the runs lack, and say so. It is an error if there is
// no run, if a name is unknown, or if a named figure has nothing to show.
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
		f, ok := d.of(v)
		if !ok {
			return nil, fmt.Errorf("paper: figure %s: these runs have nothing to show in it: %s", name, d.shows)
		}
		figures = append(figures, f)
	}
	return figures, nil
}

// Restyled are figures of this program with what a spec says of every figure: title, width, name. It is an error if
// the name is that of another figure of this program.
func Restyled(figures []figure.Figure, by chart.Spec) (all []figure.Figure, err error) {
	for _, f := range figures {
		spec := chart.Spec{Name: f.Name}.Restyled(by)
		if spec.Name != f.Name {
			err = errors.Join(err, unusedName(spec.Name))
		}
		f.Name, f.Title, f.Width = spec.Name, spec.Title, vg.Length(spec.Width)
		if f.Title != "" && f.Width == 0 {
			f.Width = chart.UsualWidth // only figures of a given width have room for one
		}
		all = append(all, f)
	}
	return all, err
}

// unusedName is an error if a figure of this program has a name.
func unusedName(name string) error {
	if slices.Contains(FigureNames(), name) {
		return fmt.Errorf("paper: name %s: a figure of this program has it: choose another by --name", name)
	}
	return nil
}

// of draws the figure of a view, unless there is no value to draw. Its legend says so if runs of
// the plan are missing or some were chosen, and its caption if a page has no room for all.
func (d drawing) of(v View) (f figure.Figure, ok bool) {
	f, ok = d.draw(v)
	ok = ok && f.HasValues()
	if ok {
		f = d.onPage(v, f)
	}
	for _, mark := range []string{v.coverage.Mark(), v.chosen.Mark()} {
		if mark != "" {
			f.Legend = append(f.Legend, figure.Entry{}, figure.Entry{Text: mark})
		}
	}
	return f, ok
}

// those draws the named figures that have something to show. An unknown name is an error.
func those(v View, names []string) (figures []figure.Figure, err error) {
	for _, name := range names {
		d, err := drawingNamed(name)
		if err != nil {
			return nil, err
		}
		if f, ok := d.of(v); ok {
			figures = append(figures, f)
		}
	}
	return figures, nil
}

// unasked are the figures that are drawn without being asked for.
func unasked(v View) (figures []figure.Figure) {
	for _, d := range drawings {
		if d.asked {
			continue
		}
		if f, ok := d.of(v); ok {
			figures = append(figures, f)
		}
	}
	return figures
}

var errNoRuns = errors.New("paper: no runs: nothing to show; is this the folder of a sweep that has run?")
