package explain

import (
	"slices"
	"strings"

	"ranksweep/nn"
)

// families are optimizers, by a part of the names that tools have for their variants, as adamw in
// paged_adamw_8bit.
var families = []struct{ part, optimizer string }{
	{"adafactor", "adafactor"}, {"adamw", "adamw"}, {"adam", "adamw"}, {"lion", "lion"}, {"muon", "muon"},
	{"signsgd", "signsgd"}, {"sgd", "sgd"},
}

// strangers are names that hold a part of another family's.
var strangers = []string{"adamax", "nadam", "radam", "galore", "apollo", "adammini", "adam_mini", "grokadam"}

// Optimizers lists the optimizers that have a known name: those of this program, and those whose variants are known.
func Optimizers() []string {
	names := nn.Optimizers()
	for _, f := range families {
		if !slices.Contains(names, f.optimizer) {
			names = append(names, f.optimizer)
		}
	}
	return names
}

// OptimizerOf returns ranksweep's name of an optimizer, which may be of another tool; false if it is of no known
// family.
func OptimizerOf(name string) (ours string, known bool) {
	lower := strings.ToLower(name)
	if own := strings.ReplaceAll(lower, "_", "-"); slices.Contains(nn.Optimizers(), own) {
		return own, true
	}
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
