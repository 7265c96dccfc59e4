package page

import (
	"encoding/base64"
	"html/template"
	"strings"

	"ranksweep/paper/table"
)

// A sheet is a table of the page.
type sheet struct {
	Name string
	HTML template.HTML
	CSV  template.URL // the whole table at full precision; a browser saves it without a script
}

func newSheet(t table.Table) (sheet, error) {
	var html, csv strings.Builder
	if err := t.WriteHTML(&html); err != nil {
		return sheet{}, err
	}
	if err := t.WriteCSV(&csv); err != nil {
		return sheet{}, err
	}
	return sheet{t.Name, template.HTML(html.String()), inline("text/csv;charset=utf-8", []byte(csv.String()))}, nil
}

// inline is a file as a link that has all of it.
func inline(kind string, file []byte) template.URL {
	return template.URL("data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(file))
}
