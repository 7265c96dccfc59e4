package page

import (
	"encoding/base64"
	"html/template"
	"strings"

	"ranksweep/paper/table"
)

// A sheet is a table of the page. A long one has its first rows in HTML; the others are packed, and a script unpacks
// them when a reader asks for them or sorts.
type sheet struct {
	Name        string
	HTML        template.HTML
	Rows, Shown int
	Rest        template.HTML // packed; empty if all rows are shown
	CSV         template.URL  // the whole table at full precision; a browser saves it without a script
	File        string        // the name under which it is saved
}

// mostRows is how many rows of a table a page shows at once.
const mostRows = 300

// longCSV is the length in bytes from which a table is saved as a file that is compressed.
const longCSV = 200_000

func newSheet(t table.Table) (s sheet, err error) {
	s = sheet{Name: t.Name, Rows: len(t.Rows), Shown: min(len(t.Rows), mostRows), File: t.Name + ".csv"}
	first, rest := t, t
	first.Rows, rest.Rows = t.Rows[:s.Shown], t.Rows[s.Shown:]
	var html, rows strings.Builder
	if err := first.WriteHTML(&html); err != nil {
		return s, err
	}
	s.HTML = template.HTML(html.String())
	if len(rest.Rows) > 0 {
		if err := rest.WriteHTMLRows(&rows); err != nil {
			return s, err
		}
		text, err := packed([]byte(rows.String()))
		if err != nil {
			return s, err
		}
		s.Rest = template.HTML(text)
	}
	return s, s.addCSV(t)
}

// addCSV adds the table as a file.
func (s *sheet) addCSV(t table.Table) error {
	var csv strings.Builder
	if err := t.WriteCSV(&csv); err != nil {
		return err
	}
	if csv.Len() <= longCSV {
		s.CSV = inline("text/csv;charset=utf-8", []byte(csv.String()))
		return nil
	}
	text, err := packed([]byte(csv.String()))
	s.File += ".gz"
	s.CSV = template.URL("data:application/gzip;base64," + text)
	return err
}

// inline is a file as a link that has all of it.
func inline(kind string, file []byte) template.URL {
	return template.URL("data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(file))
}
