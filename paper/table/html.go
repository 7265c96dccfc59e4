package table

import (
	_ "embed"
	"html/template"
	"io"
)

//go:embed page.html
var pageHTML string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"marks": marks,
	"mark":  func(i int) string { return superscript(i + 1) },
	"side": func(c Column) string {
		if c.Number {
			return "number"
		}
		return "words"
	},
	"exact": func(e Entry) string {
		if len(e.Values) == 0 {
			return ""
		}
		return e.Values[0]
	},
}).Parse(pageHTML))

// writeHTML writes the page as a file that a browser opens without a network.
func (p Page) writeHTML(w io.Writer) error { return pageTemplate.Execute(w, p) }

// WriteHTML writes the table as a part of a page. A cell has its value at full precision as data-value, by which a
// script may sort.
func (t Table) WriteHTML(w io.Writer) error { return pageTemplate.ExecuteTemplate(w, "table", t) }

// WriteHTMLRows writes the rows of the table as WriteHTML does.
func (t Table) WriteHTMLRows(w io.Writer) error { return pageTemplate.ExecuteTemplate(w, "rows", t) }
