package results

import (
	"ranksweep/metrics"
)

// Column is one column of an exported file, and its line in the data dictionary.
type Column struct {
	Name    string // as in the header; a part in capitals stands for several names
	Unit    string // or norm convention; empty for names and texts
	Meaning string // one sentence
}

func columnNames(columns []Column) []string {
	var names []string
	for _, c := range columns {
		names = append(names, c.Name)
	}
	return names
}

// quantityColumns are the columns of the quantities that are measured at a step.
func quantityColumns(recorded []metrics.Quantity) []Column {
	var columns []Column
	for _, q := range recorded {
		columns = append(columns, Column{q.Name(), q.Unit(), q.Meaning() + "; empty where it was not measured"})
	}
	return columns
}
