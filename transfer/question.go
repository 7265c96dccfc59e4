package transfer

import (
	"fmt"
	"math"
	"strings"

	"ranksweep/explain"
	"ranksweep/paper/number"
)

// Question is what was tuned, and the rank that is wanted.
type Question struct {
	Settings  explain.Settings // its rank is the one at which they were tuned
	Rank      int              // the one that is wanted
	LR        float64          // learning rate that was tuned; 0 for that of the settings, or an unknown one
	Optimizer string           // as users write it; empty for that of the settings, or else AdamW
}

// mostRate is the largest learning rate of an experiment.
const mostRate = 1e6

// check fills in what the settings say, and refuses what cannot be.
func (q *Question) check() (optimizer string, err error) {
	if q.Rank < 1 || q.Rank > explain.MostRank {
		return "", fmt.Errorf("transfer: rank %d: must be from 1 to %d", q.Rank, explain.MostRank)
	}
	if q.Rank == q.Settings.Rank {
		return "", fmt.Errorf("transfer: rank %d: is the rank of the settings: name another one", q.Rank)
	}
	if q.LR == 0 {
		q.LR = q.Settings.LR
	}
	if !(q.LR >= 0 && q.LR <= mostRate) {
		return "", fmt.Errorf("transfer: learning rate %s: must be above 0 and at most %s", number.Full(q.LR),
			number.Brief(mostRate))
	}
	if q.Optimizer == "" {
		q.Optimizer = q.Settings.Optimizer
	}
	return Optimizer(q.Optimizer)
}

// usual is the optimizer of a question that names none.
const usual = "adamw"

// families are the optimizers that theory or the report know, by a part of the names that other
// tools have for their variants, as adamw in paged_adamw_8bit.
var families = []struct{ part, optimizer string }{
	{"adafactor", "adafactor"}, {"adamw", "adamw"}, {"adam", "adamw"}, {"lion", "lion"}, {"muon", "muon"},
	{"signsgd", "signsgd"}, {"sgd", "sgd"},
}

// others are names that hold a part of another family's.
var others = []string{"adamax", "nadam", "radam", "galore", "apollo", "adammini", "adam_mini", "grokadam"}

// Optimizer returns our name of an optimizer of another tool; the usual one if it is empty.
func Optimizer(name string) (string, error) {
	if name == "" {
		return usual, nil
	}
	lower := strings.ToLower(name)
	for _, other := range others {
		if strings.Contains(lower, other) {
			return "", unknownOptimizer(name)
		}
	}
	for _, f := range families {
		if strings.Contains(lower, f.part) {
			return f.optimizer, nil
		}
	}
	return "", unknownOptimizer(name)
}

func unknownOptimizer(name string) error {
	var known []string
	for _, f := range families {
		if f.part == f.optimizer {
			known = append(known, f.part)
		}
	}
	return fmt.Errorf("transfer: optimizer %q: nothing is known here of how its rates depend on the rank: known are "+
		"%s, and variants whose names contain one of these", name, strings.Join(known, ", "))
}

// ratio is the wanted rank over the rank that was tuned, to a power.
func (q Question) ratio(power float64) float64 {
	return math.Pow(float64(q.Rank)/float64(q.Settings.Rank), power)
}
