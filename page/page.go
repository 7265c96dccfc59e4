package page

import (
	"fmt"
	"html/template"
	"io"
	"strings"

	"ranksweep/paper"
	"ranksweep/paper/table"
)

// A Page is what one file shows, in the order of its parts.
type Page struct {
	Name, Question string
	Found          []string // sentences
	Doubts         []string
	Pictures       []picture
	Tables         []sheet
	Config         string
	Provenance     sheet
	Again          []step
	Program        string
	Data           data
}

// New works out what a page shows. It is an error if there is no run.
func New(from Source) (Page, error) {
	found, err := paper.Found(from.View)
	if err != nil {
		return Page{}, err
	}
	tables, err := paper.Tables(from.View)
	if err != nil {
		return Page{}, err
	}
	figures, err := paper.Figures(from.View)
	if err != nil {
		return Page{}, err
	}
	p := Page{Name: from.Name, Question: from.Question, Config: string(from.Config), Program: from.Program,
		Found: strings.Split(strings.TrimSpace(found), "\n"), Doubts: doubts(from.Doubts, tables),
		Provenance: sheetOf(provenance(from.All)), Again: again(from)}
	for _, f := range figures {
		pic, err := newPicture(f)
		if err != nil {
			return Page{}, err
		}
		p.Pictures = append(p.Pictures, pic)
	}
	for _, t := range tables {
		p.Tables = append(p.Tables, sheetOf(t))
	}
	p.Data, err = newData(from)
	return p, err
}

// doubts are those about the store, and then those of the tables, each once.
func doubts(store []string, tables []table.Table) (all []string) {
	seen := make(map[string]bool)
	add := func(texts []string) {
		for _, text := range texts {
			if !seen[text] {
				seen[text], all = true, append(all, text)
			}
		}
	}
	add(store)
	for _, t := range tables {
		add(t.Notes)
	}
	return all
}

// Write writes the page as one file of HTML.
func (p Page) Write(w io.Writer) error {
	if err := skeleton.Execute(w, shown{p, style, script, policy()}); err != nil {
		return fmt.Errorf("page: %s: %w", p.Name, err)
	}
	return nil
}

// ConfigURL is the experiment file as a link.
func (p Page) ConfigURL() template.URL { return inline("application/yaml", []byte(p.Config)) }

// shown is a page with what every page has.
type shown struct {
	Page
	Style  template.CSS
	Script template.JS
	Policy string
}
