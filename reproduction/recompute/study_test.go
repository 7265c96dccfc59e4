package recompute

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// study is a folder of files.
type study struct {
	name  string
	about about
	rows  []*run // of runs.csv, missing ones too
	runs  []*run // those that are reported, one for each local grid
	tuned []string
	grids []*localGrid
	times []timing

	digest string // tells what was measured from anything else
}

// about is study.json.
type about struct {
	CPU      string            `json:"cpu"`
	Rules    map[string]string `json:"rules"`
	Block    int               `json:"reserve"`
	Asked    string            `json:"asked"`
	Nuisance []string          `json:"nuisance"`
	Local    bool              `json:"local"`
	Timed    *struct {
		Kernel  string `json:"kernel"`
		Program string `json:"program"`
		On      string `json:"on"`
	} `json:"timed"`
}

// readStudy reads a folder; nil if it has no study.json.
func readStudy(folder string) (*study, error) {
	s := &study{name: filepath.Base(folder)}
	text, err := os.ReadFile(filepath.Join(folder, "study.json"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &s.about)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", folder, err)
	}
	if s.about.Timed != nil {
		s.times, err = readTimes(filepath.Join(folder, "inference.csv"))
		h := sha256.New()
		for _, t := range s.times {
			fmt.Fprintln(h, t)
		}
		s.digest = fmt.Sprintf("%x", h.Sum(nil)[:8])
		return s, err
	}
	s.tuned = s.about.Nuisance
	if err := s.readRuns(folder); err != nil {
		return nil, fmt.Errorf("%s: %w", folder, err)
	}
	s.report()
	return s, nil
}

func (s *study) readRuns(folder string) error {
	byID := make(map[string]*run)
	err := eachRow(filepath.Join(folder, "runs.csv.gz"), func(columns map[string]int, row []string) error {
		r := &run{columns: columns, row: row}
		s.rows = append(s.rows, r)
		byID[r.text("run")] = r
		return json.Unmarshal([]byte(r.text("axes")), &r.axes)
	})
	if err != nil {
		return err
	}
	var head []string
	err = eachRow(filepath.Join(folder, "curves.csv.gz"), func(columns map[string]int, row []string) error {
		head = slices.SortedFunc(maps.Keys(columns), func(a, b string) int { return columns[a] - columns[b] })
		p := point{values: make(map[string]float64)}
		for name, i := range columns {
			if v, err := strconv.ParseFloat(row[i], 64); err == nil && name != "run" {
				p.values[name] = v
			}
		}
		p.step = int(p.values["step"])
		cells := slices.Clone(row)
		return addTo(byID, row[0], func(r *run) { r.curve, r.cells = append(r.curve, p), append(r.cells, cells) })
	})
	if err != nil {
		return err
	}
	h := sha256.New()
	for _, id := range sorted(byID) {
		if r := byID[id]; r.text("status") != "missing" {
			fmt.Fprintf(h, "%s %s\n%s", id, r.text("status"), r.points(head))
		}
	}
	s.digest = fmt.Sprintf("%x", h.Sum(nil)[:8])
	return eachRow(filepath.Join(folder, "validation.csv.gz"), func(columns map[string]int, row []string) error {
		scored, err := strconv.ParseFloat(row[columns["scored"]], 64)
		nats, errNats := strconv.ParseFloat(row[columns["nats"]], 64)
		add := func(r *run) { r.batches = append(r.batches, batch{scored, nats}) }
		return errors.Join(err, errNats, addTo(byID, row[columns["run"]], add))
	})
}

// points writes a curve so that runs can be compared: without the run, with the kind of map, which has no name if
// it is all of them, without what follows from the rest, and without what only other runs have. The columns from
// the last that every run has on are for those that have it.
func (r *run) points(head []string) string {
	last := slices.Index(head, "map_output")
	var text strings.Builder
	for i, row := range slices.Insert(slices.Clone(r.cells), 0, head) {
		kept := []string{row[1], row[2], ""}
		if i == 0 {
			kept[2] = "module"
		}
		for at := 3; at < len(row); at++ {
			has := func(cells []string) bool { return cells[at] != "" }
			if head[at] != "bits_per_byte" && (at <= last || slices.ContainsFunc(r.cells, has)) {
				kept = append(kept, row[at])
			}
		}
		text.WriteString(strings.Join(kept, ",") + "\n")
	}
	return text.String()
}

func addTo(byID map[string]*run, id string, add func(*run)) error {
	r, ok := byID[id]
	if !ok {
		return fmt.Errorf("run %q is not in runs.csv", id)
	}
	add(r)
	return nil
}

// eachRow hands on the rows of a compressed file, with the places of its columns.
func eachRow(path string, row func(columns map[string]int, row []string) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(bufio.NewReader(file))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return rowsOf(csv.NewReader(unzipped), path, row)
}

func rowsOf(r *csv.Reader, path string, each func(columns map[string]int, row []string) error) error {
	header, err := r.Read()
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	columns := make(map[string]int)
	for i, name := range header {
		columns[name] = i
	}
	for line := 2; ; line++ {
		cells, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = each(columns, cells)
		}
		if err != nil {
			return fmt.Errorf("%s: row %d: %w", path, line, err)
		}
	}
}

// report picks the reported runs, one for each local grid.
func (s *study) report() {
	var trained []*run
	for _, r := range s.rows {
		if r.text("phase") == "reported" && r.text("status") != "missing" {
			trained = append(trained, r)
		}
	}
	if s.about.Local {
		s.grids = localGrids(trained, s.tuned[0])
		trained = nil
		for _, g := range s.grids {
			trained = append(trained, g.best)
		}
	}
	s.runs = trained
}

// planned counts the runs of all phases, and those that ended.
func (s *study) planned() (planned, ended int) {
	if s.times != nil {
		return len(s.times), len(s.times)
	}
	for _, r := range s.rows {
		if r.done() || r.diverged() {
			ended++
		}
	}
	return len(s.rows), ended
}

// moving names the axes that have one value at each rank, but not the same one at all ranks,
// of runs that have ranks.
func (s *study) moving() map[string]bool {
	moving, at, values := make(map[string]bool), make(map[[2]string]string), make(map[string]map[string]bool)
	single := make(map[string]bool)
	for _, r := range s.rows {
		if r.text("phase") != "reported" || r.axis("rank") == "0" {
			continue
		}
		for _, a := range r.axes {
			if values[a[0]] == nil {
				values[a[0]], single[a[0]] = make(map[string]bool), true
			}
			place := [2]string{a[0], r.axis("rank")}
			if before, ok := at[place]; ok && before != a[1] {
				single[a[0]] = false
			}
			at[place], values[a[0]][a[1]] = a[1], true
		}
	}
	for name := range values {
		moving[name] = single[name] && len(values[name]) > 1 && name != "rank"
	}
	return moving
}
