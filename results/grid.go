package results

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
)

// Planned is one run that an experiment asks for, made or not.
type Planned struct {
	ID   string
	Axes []Axis
}

// gridFile lists what the store's experiment asks for: a row a run, its ID and
// a column an axis. Without it every run of the store counts.
const gridFile = "grid.csv"

// WriteGrid records in dir which runs its experiment asks for.
func WriteGrid(dir string, planned []Planned) error {
	f, err := renameio.NewPendingFile(filepath.Join(dir, gridFile), renameio.WithPermissions(0o666))
	if err != nil {
		return fmt.Errorf("results: %s: %w", gridFile, err)
	}
	defer f.Cleanup()
	w := csv.NewWriter(f)
	for i, p := range planned {
		row := []string{p.ID}
		if i == 0 {
			header := []string{"run"}
			for _, a := range p.Axes {
				header = append(header, a.Name)
			}
			w.Write(header)
		}
		for _, a := range p.Axes {
			row = append(row, a.Value)
		}
		w.Write(row)
	}
	w.Flush()
	if err := errors.Join(w.Error(), f.CloseAtomicallyReplace()); err != nil {
		return fmt.Errorf("results: %s: %w", gridFile, err)
	}
	return nil
}

// ReadGrid returns what the experiment of dir asks for, or nothing where that
// was not recorded.
func ReadGrid(dir string) ([]Planned, error) {
	path := filepath.Join(dir, gridFile)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("results: %w", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("results: %s: %w", path, err)
	}
	if len(rows) == 0 || rows[0][0] != "run" {
		return nil, fmt.Errorf("results: %s: does not begin with a row run, …; sweep run writes it anew", path)
	}
	var planned []Planned
	for _, row := range rows[1:] {
		p := Planned{ID: row[0]}
		for i, value := range row[1:] {
			p.Axes = append(p.Axes, Axis{rows[0][i+1], value})
		}
		planned = append(planned, p)
	}
	return planned, nil
}

// InGrid splits runs into those that are planned and the others, and places
// the planned ones in that grid: a run's axes are those of the grid that it is
// looked at in, whichever it was first made for. With nothing planned every
// run is in.
func InGrid(runs []Run, planned []Planned) (in, out []Run) {
	if len(planned) == 0 {
		return runs, nil
	}
	axes := make(map[string][]Axis, len(planned))
	for _, p := range planned {
		axes[p.ID] = p.Axes
	}
	moving := movingWithRank(planned)
	for _, r := range runs {
		if a, ok := axes[r.ID]; ok {
			r.Axes, r.Moving = a, moving
			in = append(in, r)
		} else {
			out = append(out, r)
		}
	}
	return in, out
}

// movingWithRank names the axes that have one value at each rank, and not the
// same at all: they were zipped with it.
func movingWithRank(planned []Planned) []string {
	var names []string
	for _, axis := range planned[0].Axes {
		at := make(map[string]string) // rank → value
		single, values := true, make(map[string]bool)
		for _, p := range planned {
			rank, value := valueOf(p.Axes, "rank"), valueOf(p.Axes, axis.Name)
			if v, seen := at[rank]; seen && v != value {
				single = false
			}
			at[rank], values[value] = value, true
		}
		if single && len(values) > 1 && axis.Name != "rank" {
			names = append(names, axis.Name)
		}
	}
	return names
}

func valueOf(axes []Axis, name string) string {
	for _, a := range axes {
		if a.Name == name {
			return a.Value
		}
	}
	return ""
}
