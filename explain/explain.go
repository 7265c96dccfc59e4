package explain

import (
	"fmt"
	"maps"
	"os"
	"slices"
)

// Explanation is what a file of settings comes to.
type Explanation struct {
	File          string       `json:"file"`
	Tool          string       `json:"tool"`
	Marks         []string     `json:"known_by"` // keys by which the tool was known
	Settings      Settings     `json:"settings"`
	Gamma         float64      `json:"gamma"`      // γ_r
	Convention    string       `json:"convention"` // how γ goes with the rank
	Table         []Row        `json:"table"`
	Traps         []Trap       `json:"traps"`
	Elsewhere     []Equivalent `json:"elsewhere"`
	NotUnderstood []string     `json:"not_understood"` // keys of the file
}

// Row is γ at one rank. What does not apply is absent.
type Row struct {
	Rank     int      `json:"rank"`
	Fixed    *float64 `json:"gamma_alpha_fixed,omitempty"`   // with α as it is
	Follows  *float64 `json:"gamma_alpha_follows,omitempty"` // with α = k·r
	Patterns []string `json:"patterns,omitempty"`            // of rank_pattern, that give maps this rank
}

// Equivalent is the same adapter in another tool's words.
type Equivalent struct {
	Tool    string   `json:"tool"`
	Lines   []string `json:"lines"`
	Remarks []string `json:"remarks,omitempty"` // what the words cannot say
}

// ranks are those of the paper's figures.
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
		return nil, fmt.Errorf("read as %s's: %w", tool.name, *source.err)
	}
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("read as %s's: %w", tool.name, err)
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

// check holds α to what an experiment may have.
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

// follows returns the k of α = k·r: that of a default or, where α is the rank
// or twice the rank, the one that it looks like; else 0.
func (s Settings) follows() float64 {
	if s.PerRank > 0 {
		return s.PerRank
	}
	if k := s.Alpha / float64(s.Rank); k == 1 || k == 2 {
		return k
	}
	return 0
}

// convention says which of the ways in use to set α these settings follow.
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
		return fmt.Sprintf("%s; α is absent and follows the rank as %s·r, so that %s", scheme, number(k), grows)
	case k > 0:
		return fmt.Sprintf("%s; α is %s: kept as it is, γ falls as %s; kept at %s·r, %s", scheme, number(s.Alpha),
			falls, number(k), grows)
	}
	return fmt.Sprintf("%s; α is %s: kept as it is, γ falls as %s", scheme, number(s.Alpha), falls)
}

// table has γ at the paper's ranks and at those of the settings.
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
