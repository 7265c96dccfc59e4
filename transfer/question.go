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
	NotUnderstood []string         // keys of the file that Settings are without
	Settings      explain.Settings // its rank is the one at which they were tuned
	Rank          int              // the one that is wanted
	LR            float64          // learning rate that was tuned; 0 for that of the settings, or an unknown one
	Optimizer     string           // as users write it; empty for that of the settings, or else AdamW
}

// mostRate is the largest learning rate of an experiment.
const mostRate = 1e6

// check fills in what the settings say, and refuses what cannot be.
func (q *Question) check() (optimizer string, err error) {
	if m := q.Settings.Method; m != "" {
		return "", fmt.Errorf("transfer: method %s: must be LoRA or DoRA: sweep explain says what its rank does", m)
	}
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
	return optimizerOf(q.Optimizer)
}

// usual is the optimizer of a question that names none.
const usual = "adamw"

// optimizerOf returns our name of an optimizer of another tool; the usual one if it is empty.
func optimizerOf(name string) (string, error) {
	if name == "" {
		return usual, nil
	}
	ours, known := explain.OptimizerOf(name)
	if !known {
		return "", fmt.Errorf("transfer: optimizer %q: nothing is known here of how its rates depend on the rank: "+
			"known are %s, and variants whose names contain one of these", name,
			strings.Join(explain.Optimizers(), ", "))
	}
	return ours, nil
}

// ratio is the wanted rank over the rank that was tuned, to a power.
func (q Question) ratio(power float64) float64 {
	return math.Pow(float64(q.Rank)/float64(q.Settings.Rank), power)
}
