package paper

import (
	"slices"
	"testing"

	"ranksweep/nn"
)

// Every test that a rule can name is of a kind of evidence. What the rules of one kind measure has an
// exact value under each optimizer that they name; what theory only bounds is of another kind.
func TestEvidence(t *testing.T) {
	for test := range tests {
		if kind := (Rule{Test: test}).evidence(); kind < OfTheory || kind > OfOutputs {
			t.Errorf("%s is of no kind of evidence", test)
		}
	}
	for _, c := range claims {
		if c.Rule.evidence() != OfTheory || c.Rule.Study == InferenceStudy {
			continue
		}
		for _, s := range c.Rule.statistics() {
			for _, optimizer := range c.Rule.Optimizers {
				if u := nn.UpdateOf(optimizer); u != nn.LinearUpdate && u != nn.SignUpdate {
					t.Errorf("%s: %s under %s has no exact value", c.Key, s.Name, optimizer)
				}
			}
		}
	}
}

// Two claims on the first loss drop are of one kind, whoever made them and whatever was seen; Adafactor's
// update is no plain sign.
func TestEvidenceOfFirstSteps(t *testing.T) {
	for key, want := range map[string]Evidence{
		"only-sqrt-stable-sgd": OfTheory, "only-sqrt-stable-adamw": OfTheory, "start-free-of-rank": OfTheory,
		"adafactor-sign-like": OfFirstStep, "pattern-sgd": OfGradients, "training-spread": OfGradients,
		"merged-inference": OfTheory, "rate-free-sgd": OfLosses, "activations": OfOutputs,
	} {
		i := slices.IndexFunc(claims, func(c Claim) bool { return c.Key == key })
		if got := claims[i].Rule.evidence(); got != want {
			t.Errorf("%s: %s, want %s", key, got, want)
		}
	}
}
