package explain

import (
	"fmt"
	"maps"
	"os"
	"slices"
)

// Explanation is the meaning of a file of settings.
type Explanation struct {
	File          string       `json:"file"`
	Tool          string       `json:"tool"`
	Marks         []string     `json:"known_by"` // keys by which the tool was recognized
	Settings      Settings     `json:"settings"`
	Gamma         float64      `json:"gamma"`      // γ_r
	Convention    string       `json:"convention"` // how γ depends on the rank
	Table         []Row        `json:"table"`
	Traps         []Trap       `json:"traps"`
	Elsewhere     []Equivalent `json:"elsewhere"`
	NotUnderstood []string     `json:"not_understood"` // keys of the file that are not known
}

// Row is γ at one rank. Fields that do not apply are absent.
type Row struct {
	Rank     int      `json:"rank"`
	Fixed    *float64 `json:"gamma_alpha_fixed,omitempty"`   // with α as it is
	Follows  *float64 `json:"gamma_alpha_follows,omitempty"` // with α = k·r
	Patterns []string `json:"patterns,omitempty"`            // entries of rank_pattern that give maps this rank
}

// Equivalent is the same adapter in another tool's settings.
type Equivalent struct {
	Tool    string   `json:"tool"`
	Lines   []string `json:"lines"`
	Remarks []string `json:"remarks,omitempty"` // settings that the tool cannot express
}

// ranks are the ranks of the paper's figures.
var ranks = []int{4, 8, 32, 128, 512, 2048}

// File explains a config file. It changes nothing.
func File(path string) (*Explanation, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("explain: %w", err)
	}
	e, err := explain(text)
	if err != nil {
		return nil, fmt.Errorf("explain: %s: %w", path, err)
	}
	e.File = path
	return e, nil
}

func explain(text []byte) (*Explanation, error) {
	source, err := parse(text)
	if err != nil {
		return nil, err
	}
	tool, marks, err := detect(source)
	if err != nil {
		return nil, err
	}
	s, rest := tool.read(source)
	if *source.err != nil {
		return nil, fmt.Errorf("config of %s: %w", tool.name, *source.err)
	}
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("config of %s: %w", tool.name, err)
	}
	e := &Explanation{
		Tool: tool.name, Marks: marks, Settings: s, Gamma: s.Gamma(), Convention: s.convention(),
		Table: s.table(), Traps: trapsOf(s), NotUnderstood: append([]string{}, rest...),
	}
	for _, t := range tools {
		if t.name != tool.name {
			lines, remarks := t.write(s)
			e.Elsewhere = append(e.Elsewhere, Equivalent{t.name, lines, remarks})
		}
	}
	return e, nil
}

// check returns an error unless every α is one that an experiment may have.
func (s Settings) check() error {
	const most = 1e6
	alphas := append(slices.Collect(maps.Values(s.Alphas)), s.Alpha)
	for _, a := range alphas {
		if !(a > 0 && a <= most) {
			return fmt.Errorf("alpha %g: must be above 0 and at most %g", a, most)
		}
	}
	return nil
}

// follows returns the k of α = k·r. It is the tool's own k if α is absent. If α equals the
// rank or twice the rank, it is 1 or 2. Otherwise it is 0.
func (s Settings) follows() float64 {
	if s.PerRank > 0 {
		return s.PerRank
	}
	if k := s.Alpha / float64(s.Rank); k == 1 || k == 2 {
		return k
	}
	return 0
}

// convention says which of the usual ways to set α these settings follow.
func (s Settings) convention() string {
	scheme, falls := "LoRA, γ = α/r", "1/r"
	if s.isRSLoRA() {
		scheme, falls = "rsLoRA, γ = α/√r", "1/√r"
	}
	k := s.follows()
	grows := fmt.Sprintf("γ is %s at every rank", number(k))
	if s.isRSLoRA() {
		grows = fmt.Sprintf("γ is %s√r and grows with the rank", number(k))
	}
	switch {
	case s.PerRank > 0:
		return fmt.Sprintf("%s; α is absent and defaults to %s·r, so that %s", scheme, number(k), grows)
	case k > 0:
		return fmt.Sprintf("%s; if α stays %s at all ranks, γ falls as %s; if α is always %s·r, %s",
			scheme, number(s.Alpha), falls, number(k), grows)
	}
	return fmt.Sprintf("%s; if α stays %s at all ranks, γ falls as %s", scheme, number(s.Alpha), falls)
}

// table returns γ at the paper's ranks and at the ranks of the settings.
func (s Settings) table() []Row {
	all := append(slices.Clone(ranks), s.Rank)
	patterns := make(map[int][]string)
	for _, name := range slices.Sorted(maps.Keys(s.Ranks)) {
		r := s.Ranks[name]
		all = append(all, r)
		patterns[r] = append(patterns[r], name)
	}
	slices.Sort(all)
	var rows []Row
	for _, r := range slices.Compact(all) {
		row := Row{Rank: r, Patterns: patterns[r]}
		if s.PerRank == 0 {
			row.Fixed = new(s.gamma(s.Alpha, r))
		}
		if k := s.follows(); k > 0 {
			row.Follows = new(s.gamma(k*float64(r), r))
		}
		rows = append(rows, row)
	}
	return rows
}
