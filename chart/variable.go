package chart

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ranksweep/metrics"
	"ranksweep/misspelt"
)

// A variable is something that a figure can show or choose by. Its value is a number, which is NaN where it
// is absent; a text; or a truth.
type variable struct {
	name, label, unit string

	measured  bool               // no setting: each run has its own value
	counted   bool               // no value that somebody tried: an axis has round ticks
	statistic *metrics.Statistic // which it is; nil for others
	of        func(sample) any
}

// settings are the variables that every run has, besides the fields of its config.
var settings = []variable{
	ranked("rank", "rank", func(s sample) float64 { return float64(s.Rank) }),
	setting("scaling", "scheme", func(s sample) any { return s.Scheme }),
	setting("scheme", "scheme", func(s sample) any { return s.Scheme }),
	ranked("alpha", "alpha", func(s sample) float64 { return s.Alpha }),
	ranked("gamma", "multiplier γ", func(s sample) float64 { return s.Gamma }),
	setting("seed", "seed", func(s sample) any { return float64(s.Seed) }),
	setting("optimizer", "optimizer", func(s sample) any { return s.Optimizer }),
	setting("lr", "learning rate", func(s sample) any { return s.LR }),
	setting("run", "run", func(s sample) any { return s.ID }),
	setting("experiment", "experiment", func(s sample) any { return s.Experiment }),
	setting("phase", "phase", func(s sample) any { return s.phase }),
	setting("status", "status", func(s sample) any { return string(s.Status) }),
	{name: "flops", label: "operations of training", unit: "FLOP", counted: true,
		of: func(s sample) any { return s.Flops }},
	{name: Parameters, label: "parameters that are trained", counted: true, of: parameters},
	{name: "bytes", label: "memory beside the base model", unit: "bytes", counted: true,
		of: func(s sample) any { return float64(s.Bytes) }},
	{name: "seconds", label: "time of training", unit: "s", measured: true,
		of: func(s sample) any { return s.Timing.Seconds }},
	{name: "updates", label: "updates made", measured: true, of: func(s sample) any { return float64(s.Steps) }},
}

func setting(name, label string, of func(sample) any) variable {
	return variable{name: name, label: label, of: of}
}

// ranked is a setting that runs without a rank lack.
func ranked(name, label string, of func(sample) float64) variable {
	return setting(name, label, func(s sample) any {
		if !s.Ranked() {
			return math.NaN()
		}
		return of(s)
	})
}

// Parameters names the number of parameters that a run trains, which somebody has to count.
const Parameters = "parameters"

// parameters is the number that a run trains; NaN if it was not counted.
func parameters(s sample) any {
	if s.Parameters == 0 {
		return math.NaN()
	}
	return float64(s.Parameters)
}

// ofSteps are the variables of a step, besides quantities.
var ofSteps = []variable{
	{name: "step", label: "step", counted: true, of: func(s sample) any { return float64(s.point.Step) }},
	{name: "tokens", label: "tokens trained on", counted: true,
		of: func(s sample) any { return float64(s.point.Tokens) }},
}

// ofMaps are the variables of an adapted map.
var ofMaps = []variable{
	setting("module", "adapted map", func(s sample) any { return s.module }),
	{name: "layer", label: "layer", counted: true, of: func(s sample) any { return layerOf(s.module) }},
	setting("map", "map", func(s sample) any { return s.module[strings.LastIndexByte(s.module, '.')+1:] }),
}

var layer = regexp.MustCompile(`(?:^|\.)([0-9]+)(?:\.|$)`)

// layerOf is the first number in the name of a map; NaN without one.
func layerOf(module string) float64 {
	m := layer.FindStringSubmatch(module)
	if m == nil {
		return math.NaN()
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return math.NaN()
	}
	return n
}

// variablesOf are the variables at a level, of runs with these config fields. Of two with one name the first
// counts: at a step a quantity stands before the statistic that has its name.
func variablesOf(l level, runs []*Run) (all []variable) {
	add := func(more ...variable) {
		for _, v := range more {
			if !slices.ContainsFunc(all, func(w variable) bool { return w.name == v.name }) {
				all = append(all, v)
			}
		}
	}
	add(settings...)
	if l.module {
		add(ofMaps...)
	}
	if l.step {
		add(ofSteps...)
		for _, q := range metrics.Quantities() {
			add(variable{name: q.Name(), label: q.Label(), unit: q.Unit(), measured: true,
				of: func(s sample) any { return s.point.Values[q] }})
		}
	}
	for _, st := range metrics.Statistics {
		add(variable{name: st.Name, label: st.Label, unit: st.Unit, measured: true, statistic: &st,
			of: func(s sample) any { return s.statistic(st) }})
	}
	for _, name := range fieldNames(runs) {
		add(fieldVariable(name, runs))
	}
	return all
}

// fieldNames are the names of all config fields, in alphabetical order.
func fieldNames(runs []*Run) (names []string) {
	seen := make(map[string]bool)
	for _, r := range runs {
		for name := range r.fields {
			if !seen[name] {
				seen[name], names = true, append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// fieldVariable is a field of configs. A run without it has NaN or, where others have texts, an empty text.
func fieldVariable(name string, runs []*Run) variable {
	var absent any = math.NaN()
	for _, r := range runs {
		switch r.fields[name].(type) {
		case string:
			absent = ""
		case bool:
			absent = false
		}
	}
	return setting(name, strings.ReplaceAll(name, "_", " "), func(s sample) any {
		value := s.fields[name]
		switch _, number := value.(float64); {
		case value == nil:
			return absent
		case absent == "" && number: // some runs have a text
			return fmt.Sprint(value)
		}
		return value
	})
}

// variableNamed finds a variable. The error names the nearest one, or says how a quantity can be shown.
func variableNamed(all []variable, name string, l level) (variable, error) {
	if i := slices.IndexFunc(all, func(v variable) bool { return v.name == name }); i >= 0 {
		return all[i], nil
	}
	if q, ok := metrics.QuantityNamed(name); ok && !l.step {
		return variable{}, fmt.Errorf("chart: %s is measured at every step: draw it by --kind curve, choose a step by "+
			"--where 'step == 0', or take a statistic of it%s", name, statisticsOf(q))
	}
	var names []string
	for _, v := range all {
		names = append(names, v.name)
	}
	return variable{}, fmt.Errorf("chart: %w", misspelt.Unknown("name", name, names))
}

// statisticsOf lists the statistics whose names begin with that of a quantity.
func statisticsOf(q metrics.Quantity) string {
	var names []string
	for _, s := range metrics.Statistics {
		if strings.HasPrefix(s.Name, q.Name()) {
			names = append(names, s.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return ": " + strings.Join(names, ", ")
}

// title is what an axis with the variable is called.
func (v variable) title() string {
	if v.unit == "" || v.unit == "1" {
		return v.label
	}
	return v.label + " (" + v.unit + ")"
}
