package explain

import (
	"slices"
	"strings"
)

// families are optimizers, by a part of the names that tools have for their variants, as adamw in
// paged_adamw_8bit.
var families = []struct{ part, optimizer string }{
	{"adafactor", "adafactor"}, {"adamw", "adamw"}, {"adam", "adamw"}, {"lion", "lion"}, {"muon", "muon"},
	{"signsgd", "signsgd"}, {"sgd", "sgd"},
}

// strangers are names that hold a part of another family's.
var strangers = []string{"adamax", "nadam", "radam", "galore", "apollo", "adammini", "adam_mini", "grokadam"}

// Optimizers lists the optimizers whose variants have a known name.
func Optimizers() (names []string) {
	for _, f := range families {
		if !slices.Contains(names, f.optimizer) {
			names = append(names, f.optimizer)
		}
	}
	return names
}

// OptimizerOf returns ranksweep's name of an optimizer of another tool; false if it is of no known
// family.
func OptimizerOf(name string) (ours string, known bool) {
	lower := strings.ToLower(name)
	within := func(part string) bool { return strings.Contains(lower, part) }
	if slices.ContainsFunc(strangers, within) {
		return "", false
	}
	for _, f := range families {
		if within(f.part) {
			return f.optimizer, true
		}
	}
	return "", false
}
