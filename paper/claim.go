package paper

import (
	"fmt"
	"strings"

	"ranksweep/results"
)

// Study is what one experiment's store holds or, under [InferenceStudy], times.
type Study struct {
	Runs      []results.Run
	Tuned     []results.Tuned
	Inference []results.Inference
}

// Standing is what became of a claim.
type Standing string

// The standings of a claim.
const (
	Seen       Standing = "seen"
	NotSeen    Standing = "not seen"
	Unresolved Standing = "not resolvable at this size"
)

// Claim is something that was reported, and how it is looked for here.
type Claim struct {
	Name    string
	Source  string // of the claim
	Says    string // what is reported there
	Study   string // the experiment whose store answers
	Figure  string // of that study; empty for none
	Resolve string // what would resolve it, where this size does not

	judge func(s Study) finding
}

// evidence says where the numbers are from.
func (c Claim) evidence() string {
	if c.Study == InferenceStudy {
		return "timed on the machine that wrote this, `reproduction/inference.csv`"
	}
	return "experiment `" + c.Study + "`"
}

// finding is what is seen of a claim, numbers with their intervals and n.
type finding struct {
	standing Standing
	text     string
}

// Finding is a claim and what is seen of it.
type Finding struct {
	Claim
	Standing Standing
	Text     string
}

// Reproduction is the report on all claims.
type Reproduction []Finding

// Reproduce judges every claim by the studies, by name. A claim whose study is
// absent or empty is not resolvable, and says so.
func Reproduce(studies map[string]Study) (r Reproduction) {
	for _, c := range claims {
		f := finding{Unresolved, "The experiment " + c.Study + " was not run."}
		if s := studies[c.Study]; len(s.Runs)+len(s.Inference) > 0 {
			f = c.judge(s)
		} else {
			c.Figure = ""
		}
		r = append(r, Finding{c, f.standing, f.text})
	}
	return r
}

// Studied names the experiments that claims are judged by, each once, in order.
func Studied() []string {
	var names []string
	seen := map[string]bool{InferenceStudy: true}
	for _, c := range claims {
		if !seen[c.Study] {
			names = append(names, c.Study)
		}
		seen[c.Study] = true
	}
	return names
}

// StudyFigures are the figures that the claims of a study show.
func StudyFigures(name string, s Study) ([]Figure, error) {
	all, err := Figures(s.Runs)
	if err != nil {
		return nil, err
	}
	all = append(all, checkFigures(results.Arms(s.Runs))...)
	all = append(all, activationFigure(s.Runs))
	var shown []Figure
	for _, f := range all {
		for _, c := range claims {
			if c.Study == name && c.Figure == f.Name {
				shown = append(shown, f)
				break
			}
		}
	}
	return shown, nil
}

// Markdown writes the report; figures are named by path, which is given their
// study and name.
func (r Reproduction) Markdown(heading string, path func(study, figure string) string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n| claim | source | standing |\n|:---|:---|:---|\n", heading)
	for i, c := range r {
		fmt.Fprintf(&b, "| %d. %s | %s | %s |\n", i+1, escape(c.Name), escape(c.Source), c.Standing)
	}
	for i, c := range r {
		fmt.Fprintf(&b, "\n## %d. %s\n\n*Reported* (%s): %s\n\n*Seen here* (%s): %s\n\n**%s**\n",
			i+1, c.Name, c.Source, c.Says, c.evidence(), c.Text, capital(string(c.Standing)))
		if c.Standing == Unresolved && c.Resolve != "" {
			fmt.Fprintf(&b, "\nWhat would resolve it: %s\n", c.Resolve)
		}
		if c.Figure != "" {
			fmt.Fprintf(&b, "\n![%s](%s)\n", c.Name, path(c.Study, c.Figure))
		}
	}
	return b.String()
}
