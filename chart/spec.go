package chart

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ranksweep/misspelt"
)

// A Spec is what a figure is asked to show.
type Spec struct {
	Name   string   // of its files, without extension
	Title  string   // above the panels; may be empty
	Kind   string   // one of Kinds
	X, Y   string   // names of variables; of a heat map both are axes
	Color  string   // the variable that colours a heat map
	Lines  string   // the variable with a line for each of its values; may be empty
	Panels string   // the same, with a panel for each
	Where  string   // the expression that chooses runs, steps or maps; empty: all
	Spread string   // how seeds are shown, one of Spreads
	Log    []string // the axes that are logarithmic: x, y; nil: as [Scale.Log] says
	Smooth int      // each point of a curve is the mean of the last so many; 1: of itself
	Width  float64  // on paper, in points
	Format []string // of the files
}

// The kinds of figures.
const (
	LineKind   = "line"
	PointsKind = "points"
	HeatKind   = "heat"
	CurveKind  = "curve"
	BoxKind    = "box"
)

// The ways to show seeds.
const (
	Bars  = "bars"
	Band  = "band"
	Seeds = "seeds"
	None  = "none"
)

// What the options with a list of words may be.
var (
	Kinds   = []string{LineKind, PointsKind, HeatKind, CurveKind, BoxKind}
	Spreads = []string{Bars, Band, Seeds, None}
	Formats = []string{"svg", "png", "pdf"}
)

// An Option is one thing that a Spec says: a flag of the command, and a key of an experiment file.
type Option struct {
	Name, Example, Meaning string

	set func(*Spec, string) error
}

// UsualWidth is the width on paper, in points, of a figure that does not say it.
const UsualWidth = 5.5 * inch

// Options has every option, in the order in which people meet them.
var Options = []Option{
	{"x", "rank", "What stands on the x axis. For curves: step, or tokens.",
		text(func(s *Spec) *string { return &s.X })},
	{"y", "val_loss", "What stands on the y axis.", text(func(s *Spec) *string { return &s.Y })},
	{"color", "val_loss", "What the colours of a heat map show. Its x and y are axes.",
		text(func(s *Spec) *string { return &s.Color })},
	{"lines", "lr", "A line for each value of this.", text(func(s *Spec) *string { return &s.Lines })},
	{"panels", "scaling", "A panel for each value of this.", text(func(s *Spec) *string { return &s.Panels })},
	{"where", "seed in [0, 1] and rank >= 16", "Which runs are shown: an expression of names, numbers, texts in " +
		"quotes, comparisons, in, and, or, not.", text(func(s *Spec) *string { return &s.Where })},
	{"kind", LineKind, "line: means over seeds. points: every run. heat: a tile for each pair of x and y. curve: " +
		"against steps. box: quartiles of the runs.", word("kind", Kinds, func(s *Spec) *string { return &s.Kind })},
	{"spread", Bars, "How seeds are shown beside their mean: bars, band, seeds (each by itself) or none. Bars, and " +
		"bands of curves, if left out.", word("spread", Spreads, func(s *Spec) *string { return &s.Spread })},
	{"log", "x,y", "The logarithmic axes: x, y, both or none. If left out: x, where it is an axis whose values, all " +
		"above 0, differ by a factor of ten or more.", setLog},
	{"smooth", "10", "Each point of a curve is the mean of the last so many points of its run.", setSmooth},
	{"title", "What the rate does", "A title above the panels.", text(func(s *Spec) *string { return &s.Title })},
	{"width", "3.25in", "Width on paper, in in, cm, mm or pt, or the column or page of a venue: " +
		strings.Join(venueNames(), ", ") + ". 5.5in if left out.", setWidth},
	{"format", "pdf", "Formats of the files: svg, png, pdf, or several with commas. All if left out.", setFormat},
	{"name", "loss-by-rank", "Name of the files. Made of the names of the axes if left out.", setName},
}

// IsOfEvery reports whether an option says something of every figure, also of those of this program, see
// [Spec.Restyled].
func (o Option) IsOfEvery() bool {
	return slices.Contains([]string{"where", "title", "width", "format", "name"}, o.Name)
}

// OptionNames are the names of all options.
func OptionNames() (names []string) {
	for _, o := range Options {
		names = append(names, o.Name)
	}
	return names
}

// Set sets an option by its name.
func (s *Spec) Set(name, value string) error {
	i := slices.IndexFunc(Options, func(o Option) bool { return o.Name == name })
	if i < 0 {
		return fmt.Errorf("chart: %w", misspelt.Unknown("option of a figure", name, OptionNames()))
	}
	return Options[i].set(s, value)
}

func text(of func(*Spec) *string) func(*Spec, string) error {
	return func(s *Spec, value string) error {
		*of(s) = value
		return nil
	}
}

func word(option string, allowed []string, of func(*Spec) *string) func(*Spec, string) error {
	return func(s *Spec, value string) error {
		if !slices.Contains(allowed, value) {
			return fmt.Errorf("chart: %w", misspelt.Unknown(option, value, allowed))
		}
		*of(s) = value
		return nil
	}
}

// listed reads words with commas between them, each once.
func listed(option, value string, allowed []string) (words []string, err error) {
	for w := range strings.SplitSeq(value, ",") {
		if w = strings.TrimSpace(w); !slices.Contains(allowed, w) {
			return nil, fmt.Errorf("chart: %w", misspelt.Unknown(option, w, allowed))
		}
		if !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return words, nil
}

func setLog(s *Spec, value string) (err error) {
	if value == None {
		s.Log = []string{}
		return nil
	}
	s.Log, err = listed("axis of log", value, []string{"x", "y"})
	return err
}

func setFormat(s *Spec, value string) (err error) {
	s.Format, err = listed("format", value, Formats)
	return err
}

func setSmooth(s *Spec, value string) (err error) {
	if s.Smooth, err = strconv.Atoi(value); err != nil || s.Smooth < 1 {
		return fmt.Errorf("chart: smooth %q: must be a whole number of points, at least 1", value)
	}
	return nil
}

var fileName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

func setName(s *Spec, value string) error {
	if !fileName.MatchString(value) {
		return fmt.Errorf("chart: name %q: must be letters, digits, dots, dashes and underscores, at most 100", value)
	}
	s.Name = value
	return nil
}

// Checked returns the spec with a value for everything that was left out, or says what is missing or does not
// go together, as far as that can be known without runs.
func (s Spec) Checked() (Spec, error) {
	if err := s.CheckWhere(); err != nil {
		return s, err
	}
	return s.filled()
}

// CheckWhere says what is wrong with the expression, as far as that can be known without runs.
func (s Spec) CheckWhere() error {
	_, err := namesIn(s.Where)
	return err
}

// filled is Checked without the expression.
func (s Spec) filled() (Spec, error) {
	if s.Kind == "" {
		s.Kind = s.likelyKind()
	}
	if s.X == "" && s.Kind == CurveKind {
		s.X = "step"
	}
	for _, need := range []struct{ option, name, example string }{
		{"x", s.X, "--x rank"}, {"y", s.Y, "--y val_loss"},
	} {
		if need.name == "" {
			return s, fmt.Errorf("chart: %s is missing: say what stands on this axis, as in %s", need.option,
				need.example)
		}
	}
	if heat := s.Kind == HeatKind; heat != (s.Color != "") {
		return s, fmt.Errorf("chart: kind %s, color %q: a heat map, and nothing else, needs a color, as in "+
			"--kind heat --x lr --y rank --color val_loss", s.Kind, s.Color)
	} else if heat && s.Lines != "" {
		return s, fmt.Errorf("chart: lines %s: a heat map has none: name %s by panels", s.Lines, s.Lines)
	}
	if s.Kind == CurveKind && s.X != "step" && s.X != "tokens" {
		return s, fmt.Errorf("chart: x %s: curves are against step or tokens: choose one of them, or another kind", s.X)
	}
	if s.Spread == "" {
		s.Spread = map[bool]string{true: Band, false: Bars}[s.Kind == CurveKind]
	}
	s.Smooth, s.Width = max(1, s.Smooth), cmp.Or(s.Width, UsualWidth)
	if s.Smooth > 1 && s.Kind != CurveKind {
		return s, fmt.Errorf("chart: smooth %d: only curves are smoothed: leave it out", s.Smooth)
	}
	if len(s.Format) == 0 {
		s.Format = Formats
	}
	s.Name = cmp.Or(s.Name, strings.Join(slices.DeleteFunc([]string{
		cmp.Or(s.Color, s.Y), "by", s.X, s.other(), s.Lines, s.Panels}, func(w string) bool { return w == "" }), "-"))
	return s, nil
}

// other is the second axis of a heat map.
func (s Spec) other() string {
	if s.Color != "" {
		return s.Y
	}
	return ""
}

// likelyKind is the kind of a figure that does not say it.
func (s Spec) likelyKind() string {
	switch {
	case s.Color != "":
		return HeatKind
	case s.X == "step", s.X == "tokens", s.X == "" && s.Y != "":
		return CurveKind
	}
	return LineKind
}

// names are the variables that the figure shows.
func (s Spec) names() []string {
	return slices.DeleteFunc([]string{s.X, s.Y, s.Color, s.Lines, s.Panels}, func(n string) bool { return n == "" })
}

// Uses reports whether the figure shows a variable, or chooses its runs by it.
func (s Spec) Uses(name string) bool {
	chosen, _ := namesIn(s.Where) // what is wrong with the expression is said elsewhere
	return slices.Contains(append(chosen, s.names()...), name)
}
