package foreign

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ranksweep/misspelt"
)

// A wide file has a column for each run, as W&B exports a chart: Step, then for each run one called NAME - METRIC, and
// often NAME - METRIC__MIN and NAME - METRIC__MAX beside it. It states no settings: the map has those of each run.

// ofRun stands between the name of a run and that of a metric.
const ofRun = " - "

// wideEnds are what is appended to a column's name for the ends of what its value is the mean of.
var wideEnds = []string{"__MIN", "__MAX"}

// isWide reports whether the head has a column of some run for a metric.
func isWide(heads []string, metric string) bool {
	return slices.ContainsFunc(heads, func(h string) bool { return strings.HasSuffix(h, ofRun+metric) })
}

// wideColumns are the columns of the runs that the map names. It is an error if a run has none, or if the file has
// another run.
func (m *Map) wideColumns(heads []string) (columns []column, err error) {
	known := make(map[string]bool)
	for _, run := range slices.Sorted(maps.Keys(m.Runs)) {
		n := len(columns)
		for _, quantity := range quantityNames() {
			metric, ok := m.Columns[quantity]
			if head := run + ofRun + metric; ok && slices.Contains(heads, head) {
				c := newColumn(quantity, head)
				c.run = run
				columns = append(columns, c)
				for _, end := range wideEnds {
					known[head+end] = true
					if slices.Contains(heads, head+end) {
						end := column{head: head + end, name: quantity, run: run, kind: endKind, of: head}
						columns = append(columns, end)
					}
				}
				known[head] = true
			}
		}
		if len(columns) == n {
			return nil, fmt.Errorf("line 1: %s: runs: %w; a column of it is called %s", m.file,
				misspelt.Unknown("run", run, runsIn(heads)), run+ofRun+"METRIC")
		}
	}
	for _, head := range heads {
		for _, metric := range m.Columns {
			if strings.Contains(head, ofRun+metric) && !known[head] {
				return nil, fmt.Errorf("line 1: column %q is of a run that is not under runs of %s: name it there, or "+
					"remove the column", head, m.file)
			}
		}
	}
	return columns, nil
}

// runsIn are the names of runs in the head of a wide file.
func runsIn(heads []string) (names []string) {
	for _, h := range heads {
		if i := strings.LastIndex(h, ofRun); i > 0 && !slices.Contains(names, h[:i]) {
			names = append(names, h[:i])
		}
	}
	return names
}

// wideExample is how a map begins that has the first run of a wide file.
func wideExample(heads []string) string {
	return fmt.Sprintf("runs: {%q: {rank: 16, lr: 1e-4}, ...}", runsIn(heads)[0])
}

// wideRow adds a row to the trial of each run that has a value in it.
func (t *csvFile) wideRow(cells []string, line int) error {
	for _, c := range t.columns {
		if c.run == "" || t.cell(cells, c) == "" {
			continue
		}
		one := newTrial(fmt.Sprintf("%s:%d", t.name, line))
		for name, text := range t.m.Runs[c.run] {
			if err := one.state(name, text); err != nil {
				return err // which the map was held to when it was read
			}
		}
		one, err := t.known(one, c.run, line)
		if err != nil {
			return err
		}
		if c.kind == endKind {
			if t.cell(cells, c) != t.value(cells, c.of) {
				one.doubt("its values are means over several steps or runs, since " + c.head + " is another number")
			}
			continue
		}
		if err := t.measured(one, cells, []column{c}); err != nil {
			return err
		}
	}
	return nil
}

// value is the cell of a column by its name.
func (t *csvFile) value(cells []string, head string) string {
	i := slices.IndexFunc(t.columns, func(c column) bool { return c.head == head })
	return t.cell(cells, t.columns[i])
}

// checkRuns refuses settings of runs that are none, or that the map has elsewhere too.
func (m *Map) checkRuns() error {
	for _, run := range slices.Sorted(maps.Keys(m.Runs)) {
		one := newTrial("values")
		if err := m.share(one); err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(m.Runs[run])) {
			if err := one.state(name, m.Runs[run][name]); err != nil {
				return fmt.Errorf("runs: %s: %w", run, err)
			}
		}
	}
	if len(m.Runs) == 0 {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(m.Columns)) {
		if c := newColumn(name, ""); c.kind != quantityKind && c.kind != stepKind {
			return fmt.Errorf("columns: %s: with runs, a file has columns of step and of what was measured alone: "+
				"write %s for each run under runs", name, name)
		}
	}
	if len(m.Axes) > 0 {
		return errors.New("axes: with runs, a file has columns of step and of what was measured alone: remove axes")
	}
	return nil
}
