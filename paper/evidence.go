package paper

import (
	"fmt"
	"strings"
)

// Evidence is the kind of evidence that a claim asks for.
type Evidence uint8

// The kinds of evidence.
const (
	OfTheory    Evidence = iota + 1 // follows from identities or exact theory, so it tests the program
	OfFirstStep                     // about the first step, of which theory knows only a part
	OfLosses                        // about losses after training, or the rates at which they are lowest
	OfOutputs                       // about the adapters' outputs after training
)

// evidences are their names, and what the opening says of them.
var evidences = [...]struct{ name, says string }{
	OfTheory: {"test of the program", "identities, exact theory, or training so short that it repeats these: " +
		"they test " +
		"the program or the timer"},
	OfFirstStep: {"first step", "the first step"},
	OfLosses:    {"losses after training", "losses after training"},
	OfOutputs:   {"outputs after training", "outputs after training"},
}

// String returns the kind in words.
func (e Evidence) String() string { return evidences[e].name }

// seenBy says how many of the claims that are seen rest on each kind of evidence; empty if none is
// seen.
func (r Reproduction) seenBy() string {
	var all []string
	for e := OfTheory; e <= OfOutputs; e++ {
		n := 0
		for _, f := range r {
			if f.Standing == Seen && f.Evidence == e {
				n++
			}
		}
		if n > 0 {
			all = append(all, fmt.Sprintf("%d on %s", n, evidences[e].says))
		}
	}
	if len(all) == 0 {
		return ""
	}
	return "What the claims that are seen rest on: " + strings.Join(all, "; ") + "."
}
