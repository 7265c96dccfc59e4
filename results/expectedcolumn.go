package results

import (
	"fmt"
	"slices"
	"sync"

	"ranksweep/metrics"
)

// expectedPrefix comes before the name of a statistic in the name of the column that holds
// theory's expectation.
const expectedPrefix = "expected_"

// expectable names the statistics for which theory can have an expectation.
var expectable = sync.OnceValue(func() (names []string) {
	for _, s := range metrics.Statistics {
		if s.HasExpected() {
			names = append(names, s.Name)
		}
	}
	return names
})

func expectedColumns() []Column {
	var columns []Column
	for _, s := range metrics.Statistics {
		if s.HasExpected() {
			columns = append(columns, Column{expectedPrefix + s.Name, s.Unit, "what theory expects of " + s.Name +
				" at this rank and on this data; empty where it was not asked or has no exact value"})
		}
	}
	return columns
}

// checkExpected reports an expected value for which there is no column.
func (r runRow) checkExpected() error {
	for name := range r.Expected {
		if !slices.Contains(expectable(), name) {
			return fmt.Errorf("results: run %s: theory has no exact value of %q, and so it has no column", r.ID, name)
		}
	}
	return nil
}

func readExpected(name string) cellReader {
	return func(r *runRow, cell string) error {
		if cell == "" {
			return nil
		}
		if r.Expected == nil {
			r.Expected = make(map[string]float64)
		}
		v, err := parseNumber(cell)
		r.Expected[name] = v
		return err
	}
}

func (r runRow) expectedCells() (cells []string) {
	for _, name := range expectable() {
		cell := ""
		if v, ok := r.Expected[name]; ok {
			cell = FormatFloat(v)
		}
		cells = append(cells, cell)
	}
	return cells
}
