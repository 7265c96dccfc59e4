package paper

import (
	"fmt"
	"slices"
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
	Source  string   // of the claim
	Says    string   // what is reported there
	Study   string   // the experiment whose store answers
	Shows   []string // figures of that study
	Resolve string   // what would resolve it, where this size does not

	judge func(s Study) Finding
}

// evidence says where the numbers are from.
func (c Claim) evidence() string {
	if c.Study == InferenceStudy {
		return "timed on the machine that wrote this, `reproduction/inference.csv`"
	}
	return "experiment `" + c.Study + "`"
}

// Finding is a claim and what is seen of it, numbers with their intervals and n.
type Finding struct {
	Claim
	Standing Standing
	Text     string
	Tables   []Table
	Figures  []Figure // named for their study and what they show
}

// Reproduction is the report on all claims.
type Reproduction []Finding

// Reproduce judges every claim by the studies, by name, and draws its figures. A
// claim whose study is absent or empty is not resolvable, and says so.
func Reproduce(studies map[string]Study) (r Reproduction, err error) {
	drawn := make(map[string]map[string]Figure)
	for _, c := range claims {
		s := studies[c.Study]
		if len(s.Runs)+len(s.Inference) == 0 {
			r = append(r, Finding{Claim: c, Standing: Unresolved, Text: "It was not run."})
			continue
		}
		if drawn[c.Study] == nil {
			if drawn[c.Study], err = s.figures(c.Study); err != nil {
				return nil, err
			}
		}
		f := c.judge(s)
		f.Claim = c
		for _, name := range c.Shows {
			if figure, ok := drawn[c.Study][name]; ok {
				f.Figures = append(f.Figures, figure)
			}
		}
		r = append(r, f)
	}
	return r, nil
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

// figures are those that claims may show, by what they show.
func (s Study) figures(study string) (map[string]Figure, error) {
	var all []Figure
	if len(s.Inference) > 0 {
		all = append(all, inferenceFigure(s.Inference))
	} else {
		figures, err := Figures(s.Runs)
		if err != nil {
			return nil, err
		}
		arms := results.Arms(s.Runs)
		all = slices.Concat(figures, checkFigures(arms), []Figure{activationFigure(s.Runs), regimeFigure(arms)})
	}
	named := make(map[string]Figure)
	for _, f := range all {
		what := f.Name
		if f.Name = study; what != study {
			f.Name += "-" + what
		}
		named[what] = f
	}
	return named, nil
}

// Figures are all that the findings show, each once.
func (r Reproduction) Figures() (all []Figure) {
	for _, f := range r {
		for _, figure := range f.Figures {
			if !slices.ContainsFunc(all, func(g Figure) bool { return g.Name == figure.Name }) {
				all = append(all, figure)
			}
		}
	}
	return all
}

// Markdown writes the report under a heading; folder has the figures, as PNG.
func (r Reproduction) Markdown(heading, folder string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n| claim | source | standing |\n|:---|:---|:---|\n", heading)
	for i, f := range r {
		fmt.Fprintf(&b, "| %d. %s | %s | %s |\n", i+1, escape(f.Name), escape(f.Source), f.Standing)
	}
	for i, f := range r {
		fmt.Fprintf(&b, "\n## %d. %s\n\n%s", i+1, f.Name, f.markdown(folder))
	}
	return b.String()
}

// Reading says how to read the numbers of a report.
func Reading() string {
	return fmt.Sprintf("Brackets, and half widths behind ±, are 95%% intervals over seeds, n of them. "+
		"%s %s", agreeing(), comparing())
}

// foldedRows is how many rows of a table a page shows unasked.
const foldedRows = 16

func (f Finding) markdown(folder string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "*Reported* (%s): %s\n\n*Seen here* (%s): %s\n\n**%s**\n", f.Source, f.Says, f.evidence(), f.Text, capital(string(f.Standing)))
	if f.Standing == Unresolved && f.Resolve != "" {
		fmt.Fprintf(&b, "\nWhat would resolve it: %s\n", f.Resolve)
	}
	for _, t := range f.Tables {
		t.Caption = "" // the figures' and the page's say it
		rows := strings.TrimRight(t.markdown(), "\n")
		if len(t.Rows) > foldedRows {
			fmt.Fprintf(&b, "\n<details><summary>%s: %d rows</summary>\n\n%s\n</details>\n", t.Title, len(t.Rows), rows)
			continue
		}
		fmt.Fprintf(&b, "\n**%s**\n\n%s\n", t.Title, rows)
	}
	for _, figure := range f.Figures {
		fmt.Fprintf(&b, "\n![%s](%s/%s.png)\n\n%s\n", f.Name, folder, figure.Name, figure.Caption)
	}
	return b.String()
}
