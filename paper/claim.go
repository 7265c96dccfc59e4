package paper

import (
	"fmt"
	"slices"
	"strings"

	"ranksweep/paper/figure"
	"ranksweep/paper/table"
)

// Study is what one experiment's files hold or, under [InferenceStudy], times.
type Study struct {
	View // of the runs that are reported

	Planned int // runs that the experiment asks for, of tuning too
	Done    int // of these, runs that ended

	Made Made
}

// Made is how and when the runs of a study were made.
type Made struct {
	Name    string            // of the study
	Digest  string            // of its runs
	CPU     string            // model
	Kernel  string            // matrix kernel
	Program string            // version
	Last    string            // day of the last run
	Seconds float64           // of training, over all cores
	Rules   map[string]string // hash of the rule of each claim, by its key, when training began
	Reserve int               // block of seeds: 0 is those that the experiment names
}

// Claim is something that was reported, and how it is looked for here.
type Claim struct {
	Key     string // its name in the ledger and the history: it never changes
	Name    string // what is claimed, with the rate, the steps and the size that it is claimed of
	Source  string // of the claim
	Says    string // what is reported there
	Looks   string // what is looked for here: the rule, in words
	Rule    Rule
	Shows   []string // figures of its study
	Resolve string   // what would resolve it, where this size does not
}

// Finding is a claim and what is seen of it, numbers with their intervals and n.
type Finding struct {
	Claim
	Standing Standing
	Text     string
	Numbers  []Number // that the standing rests on
	Tables   []table.Table
	Figures  []figure.Figure // named for their study and what they show

	Done, Planned int // runs
	Size          string

	// Late tells that the rule was changed after the runs were made. Standing is
	// then the last one by the rule of those days, and New the one by the rule of
	// today, which awaits seeds that it has not seen.
	Late bool
	New  Standing

	made   Made
	judged bool // where Late, by the rule of those days
}

// Reproduction is the report on all claims.
type Reproduction []Finding

// Reproduce judges every claim by the studies, by name, and draws its figures. A
// claim whose study lacks runs has no standing but that. past is what was judged
// before.
func Reproduce(studies map[string]Study, past History) (r Reproduction, err error) {
	for _, c := range claims {
		s := studies[c.Rule.Study]
		f := s.judge(c, past)
		if f.Standing != NotRun && f.Standing != Partial {
			if f.Figures, err = s.shown(c); err != nil {
				return nil, err
			}
		}
		r = append(r, f)
	}
	return r, nil
}

// judge judges one claim.
func (s Study) judge(c Claim, past History) Finding {
	f := Finding{Claim: c, Done: s.Done, Planned: s.Planned, made: s.Made}
	switch {
	case len(s.arms)+len(s.Inference) == 0:
		return f
	case s.Done < s.Planned:
		f.Standing = Partial
		return f
	}
	found := tests[c.Rule.Test](c.Rule, s.View)
	f.Size = c.Rule.of(s.View).size()
	f.Standing, f.Text, f.Numbers, f.Tables = found.Standing, found.Text, found.Numbers, found.Tables
	then := s.Made.Rules[c.Key]
	if f.Late = then != c.Rule.Hash(); f.Late {
		f.New, f.Standing = f.Standing, Unresolved
		if j := past.under(c.Key, then, s.Made.Digest); j != nil {
			f.Standing, f.judged = j.Standing, true
		}
	}
	return f
}

// standing is in words, with the runs that there are where some are missing.
func (f Finding) standing() string {
	if f.Standing == Partial {
		return fmt.Sprintf("%s: %d of %d runs", f.Standing, f.Done, f.Planned)
	}
	return f.Standing.String()
}

// title is the claim with the size of what it was looked for in.
func (f Finding) title() string {
	if f.Size == "" {
		return f.Name
	}
	return fmt.Sprintf("%s (%s)", f.Name, f.Size)
}

// Line is the finding in one line.
func (f Finding) Line() string { return fmt.Sprintf("%-27s %s", f.standing(), f.title()) }

// Studied names the experiments that claims are judged by, each once, in order.
func Studied() []string {
	var names []string
	for _, c := range claims {
		if name := c.Rule.Study; name != InferenceStudy && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// shown draws what a claim shows of the study, of the optimizers that its rule is about
// alone. A figure is named for the study, what it shows and, where the study has others,
// these optimizers.
func (s Study) shown(c Claim) (figures []figure.Figure, err error) {
	v := Rule{Optimizers: c.Rule.Optimizers}.of(s.View)
	if figures, err = those(v, c.Shows); err != nil {
		return nil, fmt.Errorf("claim %s: %w", c.Key, err)
	}
	for i, f := range figures {
		name := c.Rule.Study
		if f.Name != c.Rule.Study {
			name += "-" + f.Name
		}
		if len(v.arms) < len(s.arms) && !strings.HasPrefix(f.Name, checkName("")) {
			name += "-" + strings.Join(c.Rule.Optimizers, "-")
		}
		figures[i].Name = name
	}
	return figures, nil
}

// Figures are all that the findings show, each once.
func (r Reproduction) Figures() (all []figure.Figure) {
	for _, f := range r {
		for _, shown := range f.Figures {
			if !slices.ContainsFunc(all, func(g figure.Figure) bool { return g.Name == shown.Name }) {
				all = append(all, shown)
			}
		}
	}
	return all
}
