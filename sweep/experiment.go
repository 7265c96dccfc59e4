package sweep

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// Experiment is a question and the grid of runs that is to answer it.
type Experiment struct {
	Name     string  // letters, digits, dots, dashes and underscores
	Question string  // for the reader; may be empty
	Base     Config  // what all runs share; for a field that is an axis, of no effect
	Grid     []Axis  // the scientific axes, all combined with each other
	Zip      []Zip   // axes that vary together, combined with all others
	Nuisance []Axis  // axes that are tuned away: for every cell the values are chosen, all combined with each other
	Tune     Tune    // how they are chosen
	When     []Rule  // values that depend on others, applied in order
	Exclude  []Match // combinations that are left out

	named map[string]bool // paths of the fields that have their values from the file or an override
}

// Zip is a group of axes that vary together: the first values of all of them,
// then the second ones, and so on.
type Zip []Axis

// Rule sets fields in the configs that it matches.
type Rule struct {
	If  Match
	Set []Setting
}

// Setting is a field and its value.
type Setting struct {
	Name  string // as in Axis
	Value any    // of the field's type
}

// Load reads an experiment file.
func Load(file string) (*Experiment, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("sweep: experiment file: %w", err)
	}
	return decode(file, text)
}

// LoadFS reads the experiment that is name.yaml in fsys or, where name ends in
// .yaml or .yml or has a slash in it, an experiment file.
func LoadFS(fsys fs.FS, name string) (*Experiment, error) {
	if ext := path.Ext(name); ext == ".yaml" || ext == ".yml" || strings.ContainsAny(name, `/\`) {
		return Load(name)
	}
	names, err := Names(fsys)
	if err != nil {
		return nil, err
	}
	text, err := fs.ReadFile(fsys, name+".yaml")
	if err != nil {
		return nil, fmt.Errorf("sweep: %w; a file of your own is named with its .yaml", unknown("experiment", name, names))
	}
	return decode(name+".yaml", text)
}

// Names lists the experiments in fsys, in alphabetical order.
func Names(fsys fs.FS) ([]string, error) {
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("sweep: list experiments: %w", err)
	}
	for i, name := range names {
		names[i] = strings.TrimSuffix(name, ".yaml")
	}
	return names, nil
}

// blockSeeds is how far apart blocks of seeds are: more than any experiment has.
const blockSeeds = 1000

// Reserve moves every seed, of the grid and of tuning, by a number of blocks: what
// one block has shown is judged anew on another. Block 0 is what the file says.
func (e *Experiment) Reserve(block int) error {
	shift := uint64(block) * blockSeeds
	e.Base.Seed += shift
	for i := range e.Tune.Seeds {
		e.Tune.Seeds[i] += shift
	}
	for i, a := range e.Grid {
		if a.Name != "seed" {
			continue
		}
		values := slices.Clone(a.Values)
		for j, v := range values {
			if v.(uint64) >= blockSeeds {
				return fmt.Errorf("sweep: %s: seed %d: must be below %d to have others in reserve", e.Name, v, blockSeeds)
			}
			values[j] = v.(uint64) + shift
		}
		e.Grid[i].Values = values
	}
	return nil
}
