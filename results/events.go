package results

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"ranksweep/metrics"
	"ranksweep/results/eventfile"
	"ranksweep/results/parquetfile"
)

const (
	eventsFolder = "tensorboard"
	eventsFile   = "events.out.tfevents.0.ranksweep" // the same at each export, so that no other stays beside it
)

// writeEvents writes an event file for each run that is there, in a folder with the run's name.
func (o Outlines) writeEvents(dir string, rows []runRow) error {
	byID := presentRows(rows)
	if err := onlyRuns(dir, byID); err != nil {
		return err
	}
	for _, err := range Each(idsOf(o.Runs), func(id string) (struct{}, error) {
		return struct{}{}, o.writeEventFile(dir, *byID[id])
	}) {
		if err != nil {
			return err
		}
	}
	return nil
}

// onlyRuns refuses a folder in which TensorBoard would show something beside the runs.
func onlyRuns(dir string, byID map[string]*runRow) error {
	names := make(map[string]bool, len(byID))
	for _, r := range byID {
		names[r.folder()] = true
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("results: %w", err)
	}
	for _, e := range entries {
		if !names[e.Name()] {
			return fmt.Errorf("results: %s is no run of this export, and TensorBoard would show it beside them: "+
				"remove it, or export into another folder", filepath.Join(dir, e.Name()))
		}
	}
	return nil
}

func (o Outlines) writeEventFile(dir string, r runRow) error {
	left, err := o.rest(r.ID)
	if err != nil {
		return err
	}
	r.Config = left.config
	points, err := left.points()
	if err == nil {
		err = r.takeApart(o.configs)
	}
	if err != nil {
		return ofRun(err, r.ID)
	}
	return writeFile(filepath.Join(dir, r.folder(), eventsFile), r.events(points))
}

// events are the run's settings, its points and its end.
func (r runRow) events(points []metrics.Point) []byte {
	f := eventfile.New(r.Timing.Started)
	f.Settings(r.Timing.Started, r.settings())
	for _, p := range points {
		for q, v := range p.Values {
			if FormatFloat(v) != "" {
				q := metrics.Quantity(q)
				f.Scalar(r.timeOf(p.Step), int64(p.Step), tagOf(q, p.Module), q.Meaning()+", in "+q.Unit(), v)
			}
		}
	}
	f.End(r.timeOf(r.Steps), r.Status == Done)
	return f.Bytes()
}

// timeOf is about when the run was at a step: no step's own time is stored.
func (r runRow) timeOf(step int) time.Time {
	if r.Steps == 0 {
		return r.Timing.Started
	}
	part := r.Timing.Seconds * float64(step) / float64(r.Steps)
	return r.Timing.Started.Add(time.Duration(part * float64(time.Second)))
}

// tagOf names the chart of a quantity: TensorBoard shows those of all adapted maps together.
func tagOf(q metrics.Quantity, module string) string {
	if module == "" {
		return q.Name()
	}
	return q.Name() + "/" + module
}

// settings are the run's fields, what theory expects of it, and its config; not what is absent.
func (r runRow) settings() map[string]any {
	all := make(map[string]any)
	add := func(columns []Column, cells []string) {
		for i, c := range columns {
			if cells[i] != "" {
				all[c.Name] = c.setting(cells[i])
			}
		}
	}
	add(columnsOf(runFields), r.fieldCells(runFields))
	add(columnsOf(exportFields), r.fieldCells(exportFields))
	add(expectedColumns(), r.expectedCells())
	paths := pathsOf(r.config)
	add(configColumns(paths), configCells(r.config, paths))
	return all
}

// setting is a cell as a number, a truth or a text.
func (c Column) setting(cell string) any {
	numeric := []parquetfile.Kind{parquetfile.Number, parquetfile.Whole, parquetfile.Unsigned}
	switch kind := c.kind(); {
	case kind == parquetfile.Truth:
		return cell == "true"
	case slices.Contains(numeric, kind) || strings.HasPrefix(c.Name, configPrefix):
		if v, err := strconv.ParseFloat(cell, 64); err == nil {
			return v
		}
	}
	if read := c.reader(); read != nil {
		if text, err := read(cell); err == nil {
			return text
		}
	}
	return cell
}

// unsafeInName are characters that a folder's name does not have on every system.
var unsafeInName = regexp.MustCompile(`[^\pL\pN=.,@_+-]+`)

// folder names the run in TensorBoard: by its phase if it tuned, its axes and its ID.
func (r runRow) folder() string {
	var parts []string
	if r.phase == tuning {
		parts = append(parts, tuning)
	}
	for _, a := range r.Axes {
		parts = append(parts, a.Name+"="+a.Value)
	}
	name := unsafeInName.ReplaceAllString(strings.Join(parts, ","), "-")
	if len(name) > 100 {
		name = strings.ToValidUTF8(name[:100], "")
	}
	return strings.TrimLeft(name+","+r.ID, ".,")
}

func idsOf(runs []Run) (ids []string) {
	for _, r := range runs {
		ids = append(ids, r.ID)
	}
	return ids
}
