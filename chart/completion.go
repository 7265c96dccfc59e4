package chart

import (
	"slices"

	"ranksweep/metrics"
)

// Completions are values that a shell may offer for an option, besides the names of config fields.
func (o Option) Completions() []string {
	switch o.Name {
	case "x", "y", "color", "lines", "panels", "where":
		return Names()
	case "kind":
		return Kinds
	case "spread":
		return Spreads
	case "log":
		return []string{"x", "y", "x,y", None}
	case "format":
		return Formats
	case "width":
		return venueNames()
	}
	return nil
}

// Names are the names that a figure of any runs knows: settings, quantities and statistics. The fields of their
// configs come besides.
func Names() (names []string) {
	for _, v := range slices.Concat(settings, ofSteps, ofMaps) {
		names = append(names, v.name)
	}
	for _, q := range metrics.Quantities() {
		names = append(names, q.Name())
	}
	for _, s := range metrics.Statistics {
		if !slices.Contains(names, s.Name) {
			names = append(names, s.Name)
		}
	}
	return names
}
