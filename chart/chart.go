package chart

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ranksweep/analysis"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
	"ranksweep/results"
)

// A Chart is what a figure shows.
type Chart struct {
	Spec
	XScale, YScale, ColorScale Scale // what is measured has every value that is shown
	Lines, Panels              Scale
	Grid                       []Panel
	Left, All                  int      // runs that are shown, of how many
	Diverged, Failed           int      // of those shown, and of all
	Notes                      []string // what a reader must know, in sentences
}

// A Panel has a line for each value of Lines that it has.
type Panel struct {
	Label string
	Index int // among the values of Panels
	Lines []Line
}

// A Line is marks in order of x; of a heat map, row by row.
type Line struct {
	Label string
	Index int // among the values of Lines
	Marks []Mark
	Lost  []Lost // of a curve: runs that diverged

	Fitted bool           // against rank: Fit has the power that theory predicts
	Fit    stats.Exponent // fitted to the line's runs
	FitErr error          // why there is no fit
	Exact  []stats.Observation
}

// Lost is the curve of a run that diverged.
type Lost struct {
	Run  *Run
	X, Y []float64
}

// MostPanels is how many panels a figure has room for.
const MostPanels = 24

// What can be told apart in one figure.
const (
	mostLines = 24
	mostTiles = 2500
)

// New works out what a figure shows. It is an error if the spec is not complete, if it names what the runs
// lack, if nothing is left to show, or if runs that share a mark differ in more than their seed.
func New(spec Spec, from Source) (c Chart, err error) {
	if spec, err = spec.filled(); err != nil {
		return c, err
	}
	b := builder{Source: from, Chart: Chart{Spec: spec}}
	if err := b.choose(); err != nil {
		return c, err
	}
	if err := b.scales(); err != nil {
		return c, err
	}
	if err := b.sameTokens(); err != nil {
		return c, err
	}
	if err := b.gather(); err != nil {
		return c, err
	}
	b.note()
	return b.Chart, nil
}

// builder is a chart that is being worked out.
type builder struct {
	Source
	Chart
	level                     level
	x, y, color, lines, panel variable
	samples                   []sample
}

// choose finds the variables, and the samples that the filter leaves.
func (b *builder) choose() error {
	wanted, err := namesIn(b.Where)
	if err != nil {
		return err
	}
	b.level = levelOf(append(wanted, b.names()...))
	runs, failed := b.runs()
	b.Failed = failed
	if len(runs) == 0 {
		return fmt.Errorf("chart: no run is left: %s failed", number.Count(failed, "run"))
	}
	known := variablesOf(b.level, runs)
	if err := b.find(known); err != nil {
		return err
	}
	chosen, err := newSelection(b.Where, b.level, runs)
	if err != nil {
		return err
	}
	if slices.Contains(wanted, "phase") {
		b.Nuisance = nil // they are axes like others
	} else {
		runs = slices.DeleteFunc(runs, func(r *Run) bool { return r.phase != "reported" })
	}
	return b.keep(runs, chosen)
}

// find looks up the variables of the spec.
func (b *builder) find(known []variable) (err error) {
	for _, v := range []struct {
		name string
		to   *variable
	}{{b.X, &b.x}, {b.Y, &b.y}, {b.Spec.Color, &b.color}, {b.Spec.Lines, &b.lines}, {b.Spec.Panels, &b.panel}} {
		if v.name == "" {
			continue
		}
		if *v.to, err = variableNamed(known, v.name, b.level); err != nil {
			return err
		}
	}
	for _, v := range []variable{b.lines, b.panel} {
		if v.measured {
			return fmt.Errorf("chart: lines or panels by %s: each run has its own value: name an axis", v.name)
		}
	}
	if b.x.measured && b.Kind != PointsKind {
		return fmt.Errorf("chart: x %s: each run has its own value: draw every run by --kind points, or name an axis",
			b.X)
	}
	if b.Kind == HeatKind && b.y.measured {
		return fmt.Errorf("chart: y %s: each run has its own value: a heat map has axes for x and y", b.Y)
	}
	return nil
}

// keep takes the samples of runs that are chosen.
func (b *builder) keep(runs []*Run, chosen selection) error {
	b.All = len(runs)
	smoothing := analysis.Smoothing{Window: b.Smooth, Stride: 1}
	for _, r := range runs {
		all, err := b.Source.samples(r, b.level, smoothing, b.Y)
		if err != nil {
			return err
		}
		before := len(b.samples)
		for _, s := range all {
			ok, err := chosen.takes(s)
			if err != nil {
				return err
			}
			if ok {
				b.samples = append(b.samples, s)
			}
		}
		if len(b.samples) > before {
			b.Left++
			if r.Status == results.Diverged {
				b.Diverged++
			}
		}
	}
	if len(b.samples) == 0 && b.level.module && b.Where == "" {
		return fmt.Errorf("chart: no adapted map was measured by itself: an experiment with measure.modules_every " +
			"above 0 has them measured")
	}
	if len(b.samples) == 0 {
		return nothingLeft(b.All, b.Where)
	}
	return nil
}

// scales finds the values along axes, lines and panels.
func (b *builder) scales() error {
	b.XScale, b.YScale = scaleOf(b.x, b.samples), scaleOf(b.y, b.samples)
	b.Chart.Lines, b.Chart.Panels = none, none
	if b.lines.of != nil {
		b.Chart.Lines = scaleOf(b.lines, b.samples)
	}
	if b.panel.of != nil {
		b.Chart.Panels = scaleOf(b.panel, b.samples)
	}
	for _, s := range []struct {
		what string
		n    int
		most int
		of   Scale
	}{
		{"lines " + b.Spec.Lines, b.Chart.Lines.Len(), mostLines, b.Chart.Lines},
		{"panels " + b.Spec.Panels, b.Chart.Panels.Len(), MostPanels, b.Chart.Panels},
		{"tiles", b.tiles(), mostTiles, b.XScale},
	} {
		if s.n > s.most {
			return fmt.Errorf("chart: %s: there are %d, and at most %d can be told apart: choose some, "+
				"as in --where %q", s.what, s.n, s.most, s.of.firstTwo())
		}
	}
	if b.YScale.Words != nil && b.Kind != HeatKind {
		return fmt.Errorf("chart: y %s has words for values, %s: name what is measured", b.Y, b.YScale.Labels()[0])
	}
	if b.Kind == HeatKind {
		b.ColorScale = scaleOf(b.color, b.samples)
	}
	return nil
}

// sameTokens refuses an axis or a scale of colors for losses a token of runs whose tokens may differ.
func (b *builder) sameTokens() error {
	var rows []analysis.Row
	for i, s := range b.samples {
		if i == 0 || s.Run != b.samples[i-1].Run {
			rows = append(rows, s.Row)
		}
	}
	for _, v := range []variable{b.x, b.y, b.color} {
		if strings.HasPrefix(v.unit, metrics.ValLoss.Unit()) && !analysis.SameTokens(rows) {
			return fmt.Errorf("chart: %s is a loss a token, and the runs have models that may cut text into other "+
				"tokens: take bits_per_byte, or choose the runs of one model by --where", v.name)
		}
	}
	return nil
}

// tiles is the number of tiles of a heat map.
func (b *builder) tiles() int {
	if b.Kind != HeatKind {
		return 0
	}
	return b.XScale.Len() * b.YScale.Len()
}

// shown is the variable whose values the marks have.
func (b *builder) shown() variable {
	if b.Kind == HeatKind {
		return b.color
	}
	return b.y
}

// place is where a mark lies: its panel, its line, and its place on the axes.
type place struct {
	panel, line int
	x, y        float64
}

// placeOf says where a sample lies; ok is false if it lacks one of the values.
func (b *builder) placeOf(s sample) (p place, ok bool) {
	x := b.x.of(s)
	p.x = b.XScale.place(x)
	ok = !absent(x)
	if b.lines.of != nil {
		p.line = b.Chart.Lines.index(b.lines.of(s))
	}
	if b.panel.of != nil {
		p.panel = b.Chart.Panels.index(b.panel.of(s))
	}
	if b.Kind == HeatKind {
		y := b.y.of(s)
		p.y, ok = b.YScale.place(y), ok && !absent(y)
	}
	return p, ok && p.line >= 0 && p.panel >= 0
}

// gather sorts the samples' values into marks.
func (b *builder) gather() error {
	marks := make(map[place]*gathering)
	lines := make(map[[2]int]*Line)
	var order []place
	runs := make(map[[2]int][]*Run)
	for _, s := range b.samples {
		at, ok := b.placeOf(s)
		if !ok {
			continue
		}
		key := [2]int{at.panel, at.line}
		if lines[key] == nil {
			lines[key] = &Line{Label: b.Chart.Lines.Labels()[at.line], Index: at.line}
		}
		if all := runs[key]; len(all) == 0 || all[len(all)-1] != s.Run {
			runs[key] = append(all, s.Run)
		}
		value, counts := b.valueOf(s)
		if !counts {
			lines[key].lose(s.Run, at.x, value)
			continue
		}
		if marks[at] == nil {
			marks[at] = &gathering{Mark: Mark{X: at.x, Y: at.y}}
			order = append(order, at)
		}
		marks[at].add(s.Run, value)
	}
	slices.SortStableFunc(order, func(p, q place) int {
		return slices.Compare([]float64{p.y, p.x}, []float64{q.y, q.x})
	})
	for _, at := range order {
		if err := b.oneSetting(marks[at].all); err != nil {
			return err
		}
		l, m := lines[[2]int{at.panel, at.line}], marks[at].mark()
		if m.N+m.Diverged > 0 || b.Kind == HeatKind {
			l.Marks = append(l.Marks, m)
		}
	}
	return b.arrange(lines, runs)
}

// valueOf is the value of a sample, and whether it counts: along a curve, a run that diverged is drawn by
// itself. Elsewhere it counts at the onset and the first step alone, since it has no other value.
func (b *builder) valueOf(s sample) (value float64, counts bool) {
	value, ok := b.shown().of(s).(float64)
	if !ok || !number.Finite(value) {
		value = math.NaN()
	}
	if !b.level.step || s.Status == results.Done {
		return value, true
	}
	if b.Kind == CurveKind {
		return value, false
	}
	if s.point.Step > 1 {
		value = math.NaN()
	}
	return value, true
}

// lose adds a point to the curve of a run that diverged.
func (l *Line) lose(r *Run, x, y float64) {
	if n := len(l.Lost); n == 0 || l.Lost[n-1].Run != r {
		l.Lost = append(l.Lost, Lost{Run: r})
	}
	if !math.IsNaN(y) {
		last := &l.Lost[len(l.Lost)-1]
		last.X, last.Y = append(last.X, x), append(last.Y, y)
	}
}

// oneSetting is an error if a mean would be taken over runs that differ in more than their seed. Figures that
// show each run take them all.
func (b *builder) oneSetting(runs []*Run) error {
	if b.Kind == PointsKind || b.Kind == BoxKind {
		return nil
	}
	if what := mixed(runs, b.Nuisance); what != "" {
		name, _, _ := strings.Cut(what, " ")
		return fmt.Errorf("chart: runs at one place of the figure differ in %s, so that their mean would say nothing: "+
			"name %s by --lines or --panels, choose one by --where, or draw every run by --kind points", what, name)
	}
	return nil
}

// arrange puts lines into their panels, in order, and what heat maps and theory add to them.
func (b *builder) arrange(lines map[[2]int]*Line, runs map[[2]int][]*Run) error {
	var values []float64
	for i, label := range b.Chart.Panels.Labels() {
		p := Panel{Label: label, Index: i}
		for j := range b.Chart.Lines.Len() {
			key := [2]int{i, j}
			l := lines[key]
			if l == nil {
				continue
			}
			b.theory(l, runs[key])
			if b.Kind == HeatKind && b.color.isLoss() {
				l.rows(b.XScale)
			}
			for _, m := range l.Marks {
				values = append(values, m.Values...)
			}
			p.Lines = append(p.Lines, *l)
		}
		if len(p.Lines) > 0 {
			b.Grid = append(b.Grid, p)
		}
	}
	if len(values) == 0 && b.Diverged == 0 {
		return fmt.Errorf("chart: none of %s has a value of %s and of %s", number.Count(b.Left, "run"), b.shown().name,
			b.x.name)
	}
	if b.Kind != HeatKind {
		slices.Sort(values)
		b.YScale.Numbers = slices.Compact(values)
	}
	if err := b.XScale.decideLog("x", b.Log); err != nil {
		return err
	}
	if b.Kind == HeatKind {
		return nil
	}
	return b.YScale.decideLog("y", b.Log)
}

// theory has what theory predicts of a statistic against rank, if the runs are of one arm.
func (b *builder) theory(l *Line, runs []*Run) {
	if b.X != "rank" || b.y.statistic == nil || b.Kind == HeatKind || b.level.module {
		return
	}
	var rows []analysis.Row
	for _, r := range runs {
		rows = append(rows, r.Row)
	}
	arms := analysis.Arms(rows)
	if len(arms) != 1 || !arms[0].Ranked() {
		return
	}
	l.Fit, l.FitErr = arms[0].Exponent(*b.y.statistic)
	l.Fitted = number.Finite(l.Fit.Predicted)
	for _, cell := range arms[0].Cells {
		if v := cell.Expected(*b.y.statistic); number.Finite(v) {
			l.Exact = append(l.Exact, stats.Observation{Rank: cell.Rank, Value: v})
		}
	}
}

// isLoss reports whether less of a variable is better.
func (v variable) isLoss() bool { return v.statistic != nil && v.statistic.IsLoss() }

// note says what a reader must know of the figure.
func (b *builder) note() {
	say := func(format string, args ...any) { b.Notes = append(b.Notes, fmt.Sprintf(format, args...)) }
	if !b.Coverage.Whole() {
		say("The runs are %s.", b.Coverage)
	}
	if text := shownSentence(b.Left, b.All, b.Where); text != "" {
		say("%s", text)
	}
	if b.Failed > 0 {
		say("Left out: %s that failed.", number.Count(b.Failed, "run"))
	}
	if b.XScale.Len() == 1 {
		say("The x axis has one value, %s %s.", b.X, b.XScale.Labels()[0])
	}
	if b.Kind == HeatKind && b.YScale.Len() == 1 {
		say("The y axis has one value, %s %s.", b.Y, b.YScale.Labels()[0])
	}
	lacking := make(map[*Run]bool)
	for _, s := range b.samples {
		if _, ok := b.placeOf(s); !ok {
			lacking[s.Run] = true
		}
	}
	if n := len(lacking); n > 0 {
		say("Left out: %s without a place on the axes, lines or panels.", number.Count(n, "run"))
	}
}
