package paper

import (
	"fmt"
	"strings"

	"ranksweep/results"
)

// Study is what one experiment's store holds.
type Study struct {
	Runs  []results.Run
	Tuned []results.Tuned
}

// Standing is what became of a claim.
type Standing string

// The standings of a claim.
const (
	Seen       Standing = "seen"
	NotSeen    Standing = "not seen"
	Unresolved Standing = "not resolvable at this size"
)

// A claim is something that was reported, and how it is looked for here.
type claim struct {
	name    string
	source  string // of the claim
	says    string // what is reported there
	study   string // the experiment whose store answers
	figure  string // of that study; empty for none
	resolve string // what would resolve it, where this size does not
	judge   func(s Study) finding
}

// finding is what is seen of a claim, numbers with their intervals and n.
type finding struct {
	standing Standing
	text     string
}

// Reproduction is the report on all claims.
type Reproduction struct {
	Claims []Finding
}

// Finding is a claim and what is seen of it.
type Finding struct {
	Name, Source, Says string
	Study, Figure      string
	Standing           Standing
	Text, Resolve      string
}

// Reproduce judges every claim by the studies, by name. A claim whose study is
// absent or empty is not resolvable, and says so.
func Reproduce(studies map[string]Study) Reproduction {
	var r Reproduction
	for _, c := range claims {
		f := finding{Unresolved, "The experiment " + c.study + " was not run."}
		figure := ""
		if s := studies[c.study]; len(s.Runs) > 0 {
			f, figure = c.judge(s), c.figure
		}
		out := Finding{
			Name: c.name, Source: c.source, Says: c.says, Study: c.study, Figure: figure,
			Standing: f.standing, Text: f.text,
		}
		if f.standing == Unresolved {
			out.Resolve = c.resolve
		}
		r.Claims = append(r.Claims, out)
	}
	return r
}

// Studied names the experiments that claims are judged by, each once, in order.
func Studied() []string {
	var names []string
	seen := make(map[string]bool)
	for _, c := range claims {
		if !seen[c.study] {
			names = append(names, c.study)
		}
		seen[c.study] = true
	}
	return names
}

// StudyFigures are the figures that the claims of a study show.
func StudyFigures(name string, s Study) ([]Figure, error) {
	all, err := Figures(s.Runs)
	if err != nil {
		return nil, err
	}
	if check, err := NewCheck(s.Runs); err == nil {
		all = append(all, check.Figures...)
	}
	all = append(all, activationFigure(s.Runs))
	var shown []Figure
	for _, f := range all {
		for _, c := range claims {
			if c.study == name && c.figure == f.Name {
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
	for i, c := range r.Claims {
		fmt.Fprintf(&b, "| %d. %s | %s | %s |\n", i+1, escape(c.Name), escape(c.Source), c.Standing)
	}
	for i, c := range r.Claims {
		fmt.Fprintf(&b, "\n## %d. %s\n\n*Reported* (%s): %s\n\n*Seen here* (experiment `%s`): %s\n\n**%s**\n",
			i+1, c.Name, c.Source, c.Says, c.Study, c.Text, capital(string(c.Standing)))
		if c.Resolve != "" {
			fmt.Fprintf(&b, "\nWhat would resolve it: %s\n", c.Resolve)
		}
		if c.Figure != "" {
			fmt.Fprintf(&b, "\n![%s](%s)\n", c.Name, path(c.Study, c.Figure))
		}
	}
	return b.String()
}
