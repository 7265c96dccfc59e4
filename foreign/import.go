package foreign

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ranksweep/grid"
	"ranksweep/results"
	"ranksweep/userfile"
)

// Import is what files hold: runs that others trained, and what is left out of them.
type Import struct {
	Name    string
	Runs    []results.Run // in the order of the files
	LeftOut []string      // files and parts of files that are not imported, with the reason
	Sources []Source
}

// Source is a file of an import.
type Source struct {
	File   string `yaml:"file"`
	SHA256 string `yaml:"sha256"`
	Runs   int    `yaml:"runs"`
}

// Read reads files; m may be nil if no file is a CSV.
func Read(paths []string, m *Map) (*Import, error) {
	i := &Import{Name: "imported"}
	if m != nil && m.Name != "" {
		i.Name = m.Name
	}
	var all []*trial
	for _, path := range paths {
		trials, left, err := readAny(path, m)
		if err != nil {
			return nil, err
		}
		for _, l := range left {
			i.LeftOut = append(i.LeftOut, l.Error())
		}
		for _, t := range trials {
			if len(t.values) == 0 && t.diverged == "" {
				i.LeftOut = append(i.LeftOut, t.at+": nothing was measured")
				continue
			}
			all = append(all, t)
		}
		if len(trials) > 0 {
			i.Sources = append(i.Sources, Source{shortName(path), trials[0].sum, len(trials)})
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("foreign: no run to import: %s", strings.Join(i.LeftOut, "; "))
	}
	return i, i.fill(all)
}

// shortName is the name of a file in records, without the folders of whoever imports it. A state of a trainer has
// the name of its folder too.
func shortName(path string) string {
	if name := filepath.Base(path); name != stateFile {
		return name
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		absolute = path
	}
	return filepath.Base(filepath.Dir(absolute)) + "/" + stateFile
}

// readAny reads a file of any kind, or a folder of a trainer.
func readAny(path string, m *Map) ([]*trial, []leftOut, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		if path, err = stateIn(path); err != nil {
			return nil, nil, fmt.Errorf("foreign: %w", err)
		}
	}
	switch filepath.Ext(path) {
	case ".json", ".md":
	default:
		trials, err := readCSV(path, m)
		return trials, nil, err
	}
	text, err := userfile.Read(path, userfile.Settings)
	if err == nil {
		err = userfile.Mistaken(text)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("foreign: %s: %w", path, err)
	}
	trials, left, err := readText(path, text)
	for _, t := range trials {
		sum := sha256.Sum256(text)
		t.sum = hex.EncodeToString(sum[:])
		err = errors.Join(err, m.share(t))
	}
	if err != nil {
		return nil, nil, fmt.Errorf("foreign: %s: %w", path, err)
	}
	return trials, left, nil
}

// readText reads a file that says itself what its fields mean.
func readText(path string, text []byte) ([]*trial, []leftOut, error) {
	name := shortName(path)
	if filepath.Ext(path) == ".md" {
		return readTinker(name, text)
	}
	text = userfile.JSON(text)
	var one *trial
	var err error
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		err = errors.New("is empty")
	case !json.Valid(text):
		err = errors.New("is no JSON")
	case filepath.Base(path) == stateFile || hasKey(text, "log_history"):
		one, err = readTrainer(path, name, text)
	case hasKey(text, "run_info") && hasKey(text, "train_info"):
		one, err = readPEFT(name, text)
	default:
		err = fmt.Errorf("is neither a %s of Hugging Face nor a result of PEFT's method comparison", stateFile)
	}
	if left, ok := errors.AsType[leftOut](err); ok {
		return nil, []leftOut{left}, nil
	}
	if err != nil {
		return nil, nil, err
	}
	return []*trial{one}, nil, nil
}

func hasKey(text []byte, key string) bool {
	var top map[string]json.RawMessage
	return json.Unmarshal(text, &top) == nil && top[key] != nil
}

// fill makes runs of trials, with the axes on which they differ. Two trials of the same settings and seed are refused.
func (i *Import) fill(all []*trial) error {
	axes := axesOf(all)
	first := make(map[string]*trial)
	for _, t := range all {
		for _, name := range []string{rankField, rateField} {
			if t.stated[name] == "" && !(name == rankField && t.full()) {
				return fmt.Errorf("foreign: %s: %s is not stated: write it under values of a map", t.at, name)
			}
		}
		key := fmt.Sprint(t.settings())
		if twin := first[key]; twin != nil {
			return fmt.Errorf("foreign: %s and %s: two rows of one cell: rank %s, learning rate %s, seed %s and all "+
				"other settings are the same: leave one out or, in a CSV, name the column in which they differ, seed "+
				"or one under axes", twin.at, t.at, t.stated[rankField], t.stated[rateField], t.stated[seedField])
		}
		first[key] = t
		r, err := t.run()
		if err != nil {
			return fmt.Errorf("foreign: %w", err)
		}
		for _, name := range axes {
			r.Axes = append(r.Axes, t.coordinate(name))
		}
		r.Experiment = i.Name
		i.Runs = append(i.Runs, r)
	}
	return nil
}

// axesOf names the axes: what is an axis of every experiment, and every other setting that has several values. An
// alpha that follows from scheme and rank is none, so that a line against rank can be drawn.
func axesOf(all []*trial) (axes []string) {
	values := make(map[string]map[string]bool)
	follows := make(map[string]string) // alpha and gamma at each scheme and rank
	var moves []string
	for _, t := range all {
		s := t.settings()
		for name := range s {
			values[name] = make(map[string]bool)
		}
		for _, name := range []string{alphaField, gammaField} {
			key := strings.Join([]string{name, s["scaling"], s[rankField]}, "\x00")
			if was, seen := follows[key]; seen && was != s[name] {
				moves = append(moves, name)
			}
			follows[key] = s[name]
		}
	}
	for name := range values {
		for _, t := range all {
			values[name][t.settings()[name]] = true
		}
	}
	var rest []string
	for name, of := range values {
		known := slices.Contains([]string{modelField, dataField, "scaling", rateField, optimField, rankField, seedField,
			alphaField, gammaField}, name)
		if len(of) > 1 && (!known || slices.Contains(moves, name)) {
			rest = append(rest, name)
		}
	}
	slices.Sort(rest)
	for _, name := range slices.Concat([]string{modelField, dataField, "scaling", optimField}, rest,
		[]string{rateField, rankField, seedField}) {
		if values[name] != nil {
			axes = append(axes, name)
		}
	}
	return axes
}

// Grid is the grid that asks for the runs of an import, and for no others.
func (i *Import) Grid() (g grid.Grid) {
	for _, r := range i.Runs {
		g.Runs = append(g.Runs, grid.Planned{ID: r.ID, Axes: r.Axes})
	}
	return g
}
