package paper

import "fmt"

// LargerModel is the name of the larger model on which some claims are judged as well, by the
// same rules.
const LargerModel = "SmolLM2-135M-Instruct"

// BaseModel names the model that experiments have unless they name another.
const BaseModel = "the embedded model of 5.8 million parameters"

// What tables call the standings on the two models, for the number of their parameters.
const (
	atBase   = "at 5.8M"
	atLarger = "at 135M"
)

// LargerStudied names the experiments on the larger model that answer claims, each once, in
// order.
func LargerStudied() []string { return namedStudies(func(c Claim) string { return c.Larger }) }

// larger is the claim on the larger model: judged by the same rule, on another study. The
// ledger and the history know it by a key of its own.
func (c Claim) larger() Claim {
	c.Key += "@135M"
	c.Rule.Study = c.Larger
	return c
}

// judged are the claims that studies answer, on either model.
func judged() (all []Claim) {
	for _, c := range claims {
		all = append(all, c)
		if c.Larger != "" {
			all = append(all, c.larger())
		}
	}
	return all
}

// largerSection is the part of a claim's section on the larger model; empty if it has no runs.
func (f Finding) largerSection(folder string, past Past) string {
	g := f.Larger
	if g.made.Name == "" {
		return ""
	}
	size := g.Size
	if size != "" {
		size = " (" + size + ")"
	}
	return fmt.Sprintf("\n### On %s%s\n\n*The same rule* (%s), with the hash %s.\n\n%s", LargerModel, size,
		g.evidence(), g.rule(), g.outcome(folder, past))
}
