package paper

import (
	"strings"

	"ranksweep/paper/number"
	"ranksweep/paper/table"
)

// Detail says how much of its tables a page shows.
type Detail uint8

// A page shows what most readers need, only the columns that all of them need, or all there is.
const (
	Main Detail = iota
	Brief
	Whole
)

// NewPage is what runs show, in sentences, and the tables behind them: summary, fitted powers and comparisons, and
// in detail how cells were tuned. Its last sentence says what it leaves out.
func NewPage(v View, title string, d Detail) (table.Page, error) {
	tables, err := Tables(v)
	if err != nil {
		return table.Page{}, err
	}
	found, err := Found(v)
	if err != nil {
		return table.Page{}, err
	}
	p := table.Page{Title: title, Said: strings.Split(strings.TrimSpace(found), "\n")}
	var left []string
	for _, t := range tables {
		switch {
		case d == Whole:
			p.Tables = append(p.Tables, t.Whole())
			continue
		case t.Name == tuningName:
			left = append(left, "the table of tuning")
			continue
		}
		t, rows := t.Main()
		if rows > 0 {
			left = append(left, number.Count(rows, "power")+" of rank that theory does not predict")
		}
		if d == Brief {
			t = t.Brief()
		}
		p.Tables = append(p.Tables, t)
	}
	if len(left) > 0 {
		p.Left = "Not shown without --all: " + strings.Join(left, ", ") + "."
	}
	return p, nil
}
