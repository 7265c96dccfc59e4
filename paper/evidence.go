package paper

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ranksweep/nn"
)

// Evidence is the kind of evidence that a claim asks for. It follows from what the claim's rule
// measures, whatever the runs show.
type Evidence uint8

// The kinds of evidence.
const (
	OfTheory    Evidence = iota + 1 // what has an exact value by identity or theory, so that it tests the program
	OfFirstStep                     // the first step of an optimizer for which theory is not exact
	OfGradients                     // gradients over a short training, which stay near those at the onset
	OfLosses                        // losses after training, or the rates at which they are lowest
	OfOutputs                       // the adapters' outputs after training
)

// evidences are their names, and what the opening says of them.
var evidences = [...]struct{ name, says string }{
	OfTheory: {"test of the program", "what has an exact value by identity or theory, before or right after the " +
		"first update, or on operations that are the same: they test the program or the timer"},
	OfFirstStep: {"first step", "the first step of methods or optimizers for which theory is exact only in part, " +
		"or not"},
	OfGradients: {"gradients in short training", "gradients over a training so short that they stay near those at " +
		"the onset"},
	OfLosses:  {"losses after training", "losses after training"},
	OfOutputs: {"outputs after training", "outputs after training"},
}

// String returns the kind in words.
func (e Evidence) String() string { return evidences[e].name }

// measures are what the tests of rules measure, by a test's name without its version.
var measures = map[string]Evidence{
	"merged-cost": OfTheory, "powers": OfTheory, "only-sqrt-onset": OfTheory, "only-sqrt-stable": OfTheory,
	"exact-values": OfTheory, "init-powers": OfTheory,
	"method-powers": OfFirstStep, // of which some have a range
	"spread":        OfGradients, "pattern": OfGradients,
	"outputs":   OfOutputs,
	"rank-gain": OfLosses, "cost-gain": OfLosses, "default-rate": OfLosses, "corrections-worse": OfLosses,
	"schemes-equal": OfLosses, "methods-equal": OfLosses, "ranks-gain": OfLosses, "init-losses": OfLosses,
	"rate-powers": OfLosses, "rate-transfer": OfLosses,
}

// evidence is the kind of evidence that the rule asks for. A first step has an exact value only where
// the update is in proportion to the gradient, or is its sign.
func (r Rule) evidence() Evidence {
	test, _, _ := strings.Cut(r.Test, "/")
	kind := measures[test]
	inexact := func(optimizer string) bool {
		u := nn.UpdateOf(optimizer)
		return u != nn.LinearUpdate && u != nn.SignUpdate
	}
	if kind == OfTheory && slices.ContainsFunc(r.Optimizers, inexact) {
		return OfFirstStep
	}
	return kind
}

// seenBy says how many of the claims that are seen rest on each kind of evidence; empty if none is
// seen.
func (r Reproduction) seenBy() string {
	var all []string
	for e := OfTheory; e <= OfOutputs; e++ {
		n := 0
		for _, f := range r {
			if f.Standing == Seen && f.Rule.evidence() == e {
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

// onIdentity are the claims that rest, in whole or in part, on one identity: the gradient norm at the onset is γ√r
// times what does not depend on rank.
var onIdentity = []string{"onset-collapse", "training-spread", "pattern-sgd", "pattern-adafactor", "pattern-attention",
	"only-sqrt-onset", "only-sqrt-stable-sgd", "first-step-powers", "exact-values", "exact-values-wide",
	"start-free-of-rank", "init-powers", "method-powers"}

// oneIdentity says which of the claims that are seen are no evidence beside each other; empty if there are none.
func (r Reproduction) oneIdentity() string {
	var numbers []string
	for i, f := range r {
		if f.Standing == Seen && slices.Contains(onIdentity, f.Key) {
			numbers = append(numbers, strconv.Itoa(i+1))
		}
	}
	if len(numbers) < 2 {
		return ""
	}
	return fmt.Sprintf(" They are not so many pieces of evidence: claims %s rest, in whole or in part, on one "+
		"identity, that the gradient norm at the onset is γ√r times what does not depend on rank.",
		inWords(numbers))
}
