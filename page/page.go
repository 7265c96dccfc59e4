package page

import (
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strings"

	"ranksweep/paper"
	"ranksweep/paper/table"
)

// A Page is what one file shows, in the order of its parts.
type Page struct {
	Name       string // of its experiments
	Questions  []string
	Found      []string // sentences; none without a run
	Doubts     []string
	Shared     string // what the captions of all figures say
	Pictures   []picture
	Tables     []sheet
	Settings   []setting
	Provenance sheet
	Again      []step
	Program    string
	Data       data
	Words      []paper.Definition

	Live    bool   // the page follows a sweep, and asks the program that serves it how that stands
	Version string // of a live page: another one if anything in it is different
}

// New works out what a page shows. Without a run it has the question and the settings.
func New(from Source) (Page, error) {
	settings := settingsOf(from.Experiments)
	p := Page{Name: names(from.Experiments), Questions: questions(from.Experiments), Program: from.Program,
		Doubts: from.Doubts, Settings: settings, Again: again(settings, trainedElsewhere(from.All)),
		Words: paper.Words()}
	var err error
	if p.Provenance, err = newSheet(provenance(from.All)); err != nil {
		return p, err
	}
	if len(from.Rows) > 0 {
		err = p.show(from.View)
	}
	if err == nil {
		p.Data, err = newData(from)
	}
	return p, err
}

// show takes what package paper makes of runs.
func (p *Page) show(v paper.View) error {
	all, err := paper.NewPage(v, p.Name, paper.Whole)
	if err != nil {
		return err
	}
	p.Found, p.Doubts = all.Said, withNotes(p.Doubts, all.Tables)
	figures, err := paper.Figures(v)
	if err != nil {
		return err
	}
	said := sharedBy(figures)
	p.Shared = strings.Join(said, " ")
	for _, t := range all.Tables {
		t.Caption = withoutSaid(t.Caption, said)
		s, err := newSheet(t)
		if err != nil {
			return err
		}
		p.Tables = append(p.Tables, s)
	}
	for _, f := range figures {
		f.Caption = withoutSaid(f.Caption, said)
		pic, err := newPicture(f)
		if err != nil {
			return err
		}
		p.Pictures = append(p.Pictures, pic)
	}
	return nil
}

// mostDoubts is how many doubts are shown at once. The others are a click away, and most of them are notes of tables.
const mostDoubts = 12

// FirstDoubts are those that are shown at once.
func (p Page) FirstDoubts() []string { return p.Doubts[:min(mostDoubts, len(p.Doubts))] }

// MoreDoubts are the others.
func (p Page) MoreDoubts() []string { return p.Doubts[len(p.FirstDoubts()):] }

// withNotes are doubts and the notes of tables, each once.
func withNotes(doubts []string, tables []table.Table) (all []string) {
	seen := make(map[string]bool)
	add := func(texts []string) {
		for _, text := range texts {
			if !seen[text] {
				seen[text], all = true, append(all, text)
			}
		}
	}
	add(doubts)
	for _, t := range tables {
		add(t.Notes)
	}
	return all
}

// Write writes the page as one file of HTML.
func (p Page) Write(w io.Writer) error {
	text, err := json.Marshal(p.Data)
	if err != nil {
		return fmt.Errorf("page: %s: %w", p.Name, err)
	}
	data, err := packed(text)
	if err != nil {
		return fmt.Errorf("page: %s: %w", p.Name, err)
	}
	s := shown{p, template.HTML(data), style, script(p.Live), Policy(p.Live)}
	if err := skeleton.Execute(w, s); err != nil {
		return fmt.Errorf("page: %s: %w", p.Name, err)
	}
	return nil
}

// shown is a page with what every page has.
type shown struct {
	Page
	Packed template.HTML // the data
	Style  template.CSS
	Script template.JS
	Policy string
}
