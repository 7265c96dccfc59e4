package page

import (
	"encoding/base64"
	"html/template"
	"strings"

	"ranksweep/paper/table"
)

// A sheet is a table of the page.
type sheet struct {
	Name, Title string
	Caption     []string // lines
	Columns     []table.Column
	Rows        []sheetRow
	Notes       []string
	CSV         template.URL // the whole table at full precision
}

// A sheetRow is a row, with the numbers of its notes, from 1.
type sheetRow struct {
	Cells []sheetCell
	Notes []int
}

// A sheetCell has a text and the value by which rows are sorted.
type sheetCell struct {
	Text, Value string
	Number      bool
}

func sheetOf(t table.Table) sheet {
	s := sheet{Name: t.Name, Title: t.Title, Columns: t.Columns, Notes: t.Notes, CSV: csvOf(t)}
	if t.Caption != "" {
		s.Caption = strings.Split(strings.TrimSpace(t.Caption), "\n")
	}
	for _, r := range t.Rows {
		var row sheetRow
		for i, e := range r.Entries {
			cell := sheetCell{Text: e.Text, Number: t.Columns[i].Number}
			if len(e.Values) > 0 {
				cell.Value = e.Values[0]
			}
			row.Cells = append(row.Cells, cell)
		}
		for _, n := range r.Notes {
			row.Notes = append(row.Notes, n+1)
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// csvOf is a table as a link: a browser saves it without a script.
func csvOf(t table.Table) template.URL {
	var b strings.Builder
	if err := t.WriteCSV(&b); err != nil {
		panic(err) // a strings.Builder takes everything
	}
	return inline("text/csv;charset=utf-8", []byte(b.String()))
}

// inline is a file as a link that has all of it.
func inline(kind string, file []byte) template.URL {
	return template.URL("data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(file))
}
