package chart

import (
	"encoding/json"
	"math"
	"strings"

	"ranksweep/analysis"
	"ranksweep/metrics"
	"ranksweep/results"
)

// A Source is the runs that a figure can show.
type Source struct {
	Reported []analysis.Row                           // as tables have them
	Tuning   []results.Run                            // that choose the values of nuisance axes
	Tried    []results.Run                            // on local grids, beside the best of each seed
	Nuisance []string                                 // the axes that are tuned away
	Coverage results.Coverage                         // of the plan
	Modules  func(id string) ([]metrics.Point, error) // the points of each adapted map of a run
}

// A Run is a run with the fields of its config.
type Run struct {
	analysis.Row
	phase  string // reported, tuning, or tried
	fields map[string]any
}

func newRun(r analysis.Row, phase string) *Run { return &Run{r, phase, fieldsOf(r.Config)} }

// runs are all runs that did not fail, and the number of those that did.
func (s Source) runs() (runs []*Run, failed int) {
	add := func(r analysis.Row, phase string) {
		if r.Status == results.Failed {
			failed++
			return
		}
		runs = append(runs, newRun(r, phase))
	}
	for _, r := range s.Reported {
		add(r, "reported")
	}
	for _, r := range analysis.Rows(s.Tuning) {
		add(r, "tuning")
	}
	for _, r := range analysis.Rows(s.Tried) {
		add(r, "tried")
	}
	return runs, failed
}

// fieldsOf returns the fields of a config by their names, without their groups: numbers, texts and truths.
// data.source is data, as on axes.
func fieldsOf(config json.RawMessage) map[string]any {
	fields := make(map[string]any)
	for path, value := range analysis.ConfigFields(config) {
		name := path[strings.LastIndexByte(path, '.')+1:]
		if path == "data.source" {
			name = "data"
		}
		fields[name] = plain(value)
	}
	return fields
}

// plain makes a text of a list.
func plain(value any) any {
	list, ok := value.([]any)
	if !ok {
		return value
	}
	var words []string
	for _, v := range list {
		if s, ok := v.(string); ok {
			words = append(words, s)
		}
	}
	return strings.Join(words, " ")
}

// A level says what a value is taken of.
type level struct{ step, module bool }

// levelOf is the level of a figure with these names.
func levelOf(names []string) (l level) {
	for _, name := range names {
		l.step = l.step || name == "step" || name == "tokens"
		l.module = l.module || name == "module" || name == "layer" || name == "map"
	}
	return l
}

// A sample is what one value is taken of: a run, a step, an adapted map, or a step of a map.
type sample struct {
	*Run
	curve  []metrics.Point
	module string
	point  metrics.Point // the step, if the level has it
}

// samples are those of a run at a level.
func (s Source) samples(r *Run, l level, smoothing analysis.Smoothing, y string) ([]sample, error) {
	all := []sample{{Run: r, curve: r.Curve}}
	if l.module {
		points, err := s.Modules(r.ID)
		if err != nil {
			return nil, err
		}
		all = byModule(r, points)
	}
	if !l.step {
		return all, nil
	}
	var steps []sample
	for _, one := range all {
		for _, p := range smooth(one.curve, smoothing, y) {
			one.point = p
			steps = append(steps, one)
		}
	}
	return steps, nil
}

// byModule has a sample for each adapted map, in the order of their first points.
func byModule(r *Run, points []metrics.Point) (all []sample) {
	at := make(map[string]int)
	for _, p := range points {
		i, ok := at[p.Module]
		if !ok {
			i, at[p.Module] = len(all), len(all)
			all = append(all, sample{Run: r, module: p.Module})
		}
		all[i].curve = append(all[i].curve, p)
	}
	return all
}

// smooth smooths the quantity that is drawn; without smoothing it keeps every point.
func smooth(curve []metrics.Point, s analysis.Smoothing, y string) []metrics.Point {
	if q, ok := metrics.QuantityNamed(y); ok && s.Window > 1 {
		return s.Of(curve, q)
	}
	return curve
}

// statistic is the sample's value of a statistic, or of that of its map.
func (s sample) statistic(of metrics.Statistic) float64 {
	if s.module == "" {
		return s.Row.Statistic(of)
	}
	if s.Status == results.Done || of.Early {
		return of.Of(s.curve)
	}
	return math.NaN()
}
