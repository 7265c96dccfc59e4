package paper

import (
	"fmt"
	"slices"
	"strings"

	"ranksweep/analysis"
	"ranksweep/paper/figure"
	"ranksweep/paper/table"
	"ranksweep/reproduction"
)

// Study is the contents of one experiment's files or, for [InferenceStudy], of timings.
type Study struct {
	View // of the reported runs

	Planned int // runs that the experiment asks for, including those of tuning
	Done    int // those of them that ended

	Widths Widths // of the embedded model; zero if unknown

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
	Rules   map[string]string // hash of each claim's rule when training began, by the claim's key
	Block   int               // block of seeds; block 0 has the seeds that the experiment names
	Asked   string            // fingerprint of the experiment; empty for studies from before there was one
}

// Claim is a reported result, and how it is looked for here.
type Claim struct {
	Key     string // its name in the ledger and the history: it never changes
	Name    string // the claim in a sentence
	Source  string // where it was reported
	Says    string // what was reported there
	Looks   string // what is looked for here: the rule in words
	Rule    Rule
	Larger  string   // the study of a larger model that the rule judges as well; empty if there is none
	Law     string   // a study with the exact law of the first step, to set beside the claim's study; may be empty
	Beside  string   // a study of the larger model that measured the same, to set beside; may be empty
	Shows   []string // names of figures of its study
	Resolve string   // what would resolve it, if this size does not
}

// Finding is a claim and what the runs say about it.
type Finding struct {
	Claim
	Standing Standing
	Off      string // how far the runs are from what is claimed, if it is not seen; may be empty
	Text     string
	Numbers  []Number            // that the standing rests on
	Shares   []Number            // differences between ranks, as parts of what the smallest learned, by scheme
	Lacks    string              // which comparisons do not bear the claim out; empty if all do, or none is needed
	Beware   string              // what to know beside the standing; may be empty
	Rates    []reproduction.Rate // what was measured of best rates
	Tables   []table.Table
	Figures  []figure.Figure // each named for its study and what it shows

	Done, Planned int // runs
	Size          string
	Equal         string // what runs have in common, in sentences

	// Late is true if the rule was changed after the runs were made. Standing is then the last
	// one by the rule before, and New the one by the new rule, which needs runs on seeds that
	// it has not seen.
	Late bool
	New  Standing

	// Larger is the finding on the larger model, whose own Larger is nil.
	Larger *Finding

	elsewhere map[string]int // the claims that show figures before this one does, by the figures' names

	made   Made
	judged bool // if Late: whether the rule before has judged these runs
}

// Reproduction is the report on all claims.
type Reproduction []Finding

// numbered is a finding with its number in the report, from 1.
type numbered struct {
	number int
	Finding
}

func (r Reproduction) numbered() (all []numbered) {
	for i, f := range r {
		all = append(all, numbered{i + 1, f})
	}
	return all
}

// Reproduce judges every claim by the studies, which are given by name, and draws its figures.
// A claim whose study lacks runs is not judged. past has earlier judgements.
func Reproduce(studies map[string]Study, past History) (r Reproduction, err error) {
	for _, c := range claims {
		s := studies[c.Rule.Study]
		f := s.judge(c, past)
		if f.Standing != NotRun && f.Standing != Partial {
			f.Text += firstStepText(c.Rule.of(s.View), c.Law, studies[c.Law].View)
			if f.Figures, err = s.shown(c); err != nil {
				return nil, err
			}
		}
		larger := studies[c.Larger].judge(c.larger(), past)
		if larger.Standing > Partial && c.Beside != "" {
			of := c.larger().Rule
			beside := besideText(of, of.of(studies[c.Larger].View), c.Beside, studies[c.Beside].View)
			larger.Text, larger.Beware = larger.Text+paragraph+strings.TrimSpace(beside), larger.Beware+beside
		}
		if larger.Standing > Partial {
			if larger.Figures, err = studies[c.Larger].shown(c.larger()); err != nil {
				return nil, err
			}
		}
		f.Larger = &larger
		r = append(r, f)
	}
	return r, nil
}

// all are the findings, each followed by the one on the larger model.
func (r Reproduction) all() (all []Finding) {
	for _, f := range r {
		all = append(all, f, *f.Larger)
	}
	return all
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
	if of := c.Rule.of(s.View); len(of.arms) > 0 {
		f.Size, f.Equal = of.size(s.widthsOf(of)), of.equal
	} else {
		f.Size = inferenceSize(s.Inference)
	}
	f.Standing, f.Off, f.Text = found.Standing, found.Off, found.Text
	f.Numbers, f.Shares, f.Lacks, f.Tables = found.Numbers, found.Shares, found.Lacks, found.Tables
	f.Beware, f.Rates = found.Beware, found.Rates
	if strings.HasPrefix(c.Rule.Test, "exact-values/") {
		f.Beware += past.oftenText(c, s.Made.Digest, found.Standing) + missedText(runCounts(s.View).high)
	}
	others := slices.DeleteFunc(past.by(c.Key, c.Rule.Hash()), func(j Judgement) bool {
		return j.Study == s.Made.Digest
	})
	f.Beware += past.otherwiseText(c, s.Made.Digest, found.Standing) +
		f.apartText(append(others, Judgement{Numbers: found.Numbers}))
	f.Beware += rebasedNote(s.Made.Program)
	then := s.Made.Rules[c.Key]
	if f.Late = then != c.Rule.Hash(); f.Late {
		f.New, f.Standing = f.Standing, Unresolved
		if j := past.under(c.Key, then, s.Made.Digest); j != nil {
			f.Standing, f.judged = j.Standing, true
		}
	}
	return f
}

// widthsOf are the widths of the model that some runs of the study train: the embedded one, or one that maps.yaml
// has; zero if they are not known, or are of several models.
func (s Study) widthsOf(v View) Widths {
	hash := v.cells[0].Provenance.ModelHash
	switch models := distinctSettings(v, "model"); {
	case len(models) == 1 && models[0] == "base":
		return s.Widths
	case slices.ContainsFunc(v.cells, func(c analysis.Cell) bool { return c.Provenance.ModelHash != hash }):
		return Widths{}
	}
	return WidthsOf(hash)
}

// standing is the standing in words. If runs are missing, it says how many there are. If the claim
// is not seen, it says how far off the runs are.
func (f Finding) standing() string {
	switch {
	case f.Standing == Partial:
		return fmt.Sprintf("%s: %d of %d runs", f.Standing, f.Done, f.Planned)
	case f.Standing == NotSeen && f.Off != "" && !f.Late:
		return fmt.Sprintf("%s: %s", f.Standing, f.Off)
	}
	return f.Standing.String()
}

// title is the claim with the size of its study.
func (f Finding) title() string {
	if f.Size == "" {
		return f.Name
	}
	return fmt.Sprintf("%s (%s)", f.Name, f.Size)
}

// Line is the finding in one line.
func (f Finding) Line() string { return fmt.Sprintf("%-27s %s", f.standing(), f.title()) }

// Studied names the experiments that answer claims, each once, in order.
func Studied() []string {
	return namedStudies(func(c Claim) string { return c.Rule.Study })
}

func namedStudies(of func(Claim) string) (names []string) {
	for _, c := range claims {
		if name := of(c); name != "" && name != InferenceStudy && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// shown draws the figures of a claim, with only the optimizers that its rule names. A figure is
// named for the study, what it shows and, if the study has other optimizers, these optimizers.
func (s Study) shown(c Claim) (figures []figure.Figure, err error) {
	v := Rule{Optimizers: c.Rule.Optimizers}.of(s.View)
	v.wants, v.alone = c.Rule.Wants, len(c.Rule.Schemes) == 1
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

// Figures are the figures of all findings, each once.
func (r Reproduction) Figures() (all []figure.Figure) {
	for _, f := range r.all() {
		for _, shown := range f.Figures {
			if !slices.ContainsFunc(all, func(g figure.Figure) bool { return g.Name == shown.Name }) {
				all = append(all, shown)
			}
		}
	}
	return all
}
