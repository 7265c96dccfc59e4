package explain

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ranksweep/userfile"
)

// Explanation is the meaning of a file of settings.
type Explanation struct {
	File          string       `json:"file"`
	Tool          string       `json:"tool"`
	Marks         []string     `json:"known_by"` // keys by which the tool was recognized
	Settings      Settings     `json:"settings"`
	Absent        []string     `json:"defaults"`   // keys that are absent, so that the tool's defaults count
	Gamma         float64      `json:"gamma"`      // γ_r
	Maps          []Maps       `json:"maps"`       // those that have a rank or an α of their own
	Convention    string       `json:"convention"` // how γ depends on the rank
	Table         []Row        `json:"table"`
	OverRank      []OverRank   `json:"over_rank"` // what the convention does with the rank
	Traps         []Trap       `json:"traps"`
	Elsewhere     []Equivalent `json:"elsewhere"`
	NotUnderstood []string     `json:"not_understood"` // keys of the file that are not known
}

// Row is γ at one rank. Fields that do not apply are absent.
type Row struct {
	Rank    int      `json:"rank"`
	Fixed   *float64 `json:"gamma_alpha_fixed,omitempty"`   // with α as it is
	Follows *float64 `json:"gamma_alpha_follows,omitempty"` // with α = k·r
}

// Equivalent is the same adapter in another tool's settings.
type Equivalent struct {
	Tool    string   `json:"tool"`
	Lines   []string `json:"lines"`
	Remarks []string `json:"remarks,omitempty"` // settings that the tool cannot express
}

// ranks are the ranks of the paper's figures.
var ranks = []int{4, 8, 32, 128, 512, 2048}

// File explains a config file, or that of a folder with an adapter. It changes nothing.
func File(path string) (*Explanation, error) {
	file, text, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("explain: %w", err)
	}
	return Text(file, text)
}

// Text explains the text of a config file with the given name.
func Text(file string, text []byte) (*Explanation, error) {
	e, err := explain(file, text)
	var at *lineError
	switch {
	case errors.As(err, &at) && at.line > 0:
		return nil, fmt.Errorf("explain: %s:%d: %s", file, at.line, Clean(err.Error()))
	case err != nil:
		return nil, fmt.Errorf("explain: %s: %s", file, Clean(err.Error()))
	}
	e.File = file
	return e, nil
}

// stored are the names under which programs keep the settings of an adapter beside it.
var stored = []string{"adapter_config.json", "args.json"}

// programs are the endings of files that are programs.
var programs = []string{".py", ".ipynb", ".sh"}

// readFile reads a config file. Of a folder it is the one that is kept beside an adapter.
func readFile(path string) (file string, text []byte, err error) {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		path, err = inFolder(path)
	}
	if err == nil && slices.Contains(programs, strings.ToLower(filepath.Ext(path))) {
		err = fmt.Errorf("%s: is a program, not a config: write the arguments of LoraConfig or get_peft_model "+
			"into a YAML file, one in a line, as r: 16", path)
	}
	if err != nil {
		return "", nil, err
	}
	text, err = userfile.Read(path, mostBytes)
	return path, text, err
}

func inFolder(dir string) (string, error) {
	for _, name := range stored {
		if file := filepath.Join(dir, name); exists(file) {
			return file, nil
		}
	}
	return "", fmt.Errorf("%s: is a folder with neither %s: name a config file", dir, strings.Join(stored, " nor "))
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func explain(name string, text []byte) (*Explanation, error) {
	root, err := parse(name, text)
	if err != nil {
		return nil, err
	}
	source := newSource(root)
	tool, marks, err := detect(source)
	if err != nil {
		return nil, err
	}
	source.converts = tool.converts
	s := tool.read(source)
	if source.err != nil {
		return nil, fmt.Errorf("config of %s: %w", tool.name, source.err)
	}
	if !tool.converts {
		s.Quoted = slices.Compact(source.quoted)
	}
	s, maps, err := s.match()
	if err != nil {
		return nil, fmt.Errorf("config of %s: %w", tool.name, err)
	}
	s.Targets = append([]string{}, s.Targets...) // never null in JSON
	return &Explanation{
		Tool: tool.name, Marks: keysOf(marks), Settings: s, Absent: append([]string{}, source.absent...),
		Gamma: s.Gamma(), Maps: append([]Maps{}, maps...),
		Convention: s.convention(), Table: s.table(), OverRank: s.overRank(), Traps: trapsOf(s),
		Elsewhere:     elsewhereThan(tool, s),
		NotUnderstood: append([]string{}, source.rest(tool.beside)...),
	}, nil
}

// keysOf returns the keys of marks, each once.
func keysOf(marks []string) (keys []string) {
	for _, mark := range marks {
		for key := range strings.SplitSeq(mark, "+") {
			if !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	return keys
}

// elsewhereThan returns the equivalents of settings in the tools other than theirs.
func elsewhereThan(own tool, s Settings) []Equivalent {
	return slices.DeleteFunc(InTools(s), func(q Equivalent) bool { return q.Tool == own.name })
}

// InTools returns settings in the words of every tool that can have them.
func InTools(s Settings) (all []Equivalent) {
	s, folded := s.folded()
	for _, t := range tools {
		if t.write != nil && (s.Method == "" || t.name == ranksweepTool.name) {
			pairs, remarks := t.write(s)
			all = append(all, Equivalent{t.name, render(pairs), append(folded[:len(folded):len(folded)], remarks...)})
		}
	}
	return all
}

// follows returns the k of α = k·r. It is the tool's own k if α is absent. If α equals the
// rank or twice the rank, it is 1 or 2. Otherwise it is 0.
func (s Settings) follows() float64 {
	if s.PerRank > 0 || s.P == 0 {
		return s.PerRank
	}
	if k := s.Alpha / float64(s.Rank); k == 1 || k == 2 {
		return k
	}
	return 0
}

// convention says which of the usual ways to set α these settings follow.
func (s Settings) convention() string {
	if !s.multiplied() {
		return "no multiplier: nothing is divided by the rank"
	}
	if s.P == 0 {
		return "a constant, γ = " + precise(s.Alpha) + " at every rank"
	}
	scheme, falls := "LoRA, γ = α/r", "1/r"
	if s.isRSLoRA() {
		scheme, falls = "rsLoRA, γ = α/√r", "1/√r"
	}
	if s.Method != "" {
		scheme = "γ = α/r"
	}
	k := s.follows()
	grows := fmt.Sprintf("γ is %s at every rank", precise(k))
	if s.isRSLoRA() {
		grows = fmt.Sprintf("γ is %s√r and grows with the rank", factor(precise(k), ""))
	}
	switch {
	case s.PerRank > 0:
		return fmt.Sprintf("%s; α is absent and defaults to %sr, so that %s", scheme, factor(precise(k), "·"), grows)
	case k > 0:
		return fmt.Sprintf("%s; if α stays %s at all ranks, γ falls as %s; if α is always %sr, %s",
			scheme, precise(s.Alpha), falls, factor(precise(k), "·"), grows)
	}
	return fmt.Sprintf("%s; if α stays %s at all ranks, γ falls as %s", scheme, precise(s.Alpha), falls)
}

// table returns γ at the paper's ranks and at the rank of the settings.
func (s Settings) table() (rows []Row) {
	if !s.multiplied() {
		return []Row{}
	}
	all := append(slices.Clone(ranks), s.Rank)
	slices.Sort(all)
	for _, r := range slices.Compact(all) {
		row := Row{Rank: r}
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
