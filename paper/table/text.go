package table

import (
	"fmt"
	"io"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// WriteText writes the table for a terminal, however wide it is: title, if there is one, rows, notes, caption.
func (t Table) WriteText(w io.Writer) error { return t.writeText(w, 0, 0) }

// writeText writes rows of at most so many characters, and sentences of at most so many. 0 is any number.
func (t Table) writeText(w io.Writer, width, sentences int) error {
	f := t.fitFolded(width, betweenNumbers)
	rows, err := f.text()
	if err != nil {
		return fmt.Errorf("table: %s: %w", t.Name, err)
	}
	title := ""
	if t.Title != "" {
		title = wrap(t.Title, sentences, "") + "\n\n"
	}
	var below strings.Builder
	if len(f.left) > 0 {
		below.WriteString(wrap("No room for the columns "+strings.Join(f.left, ", ")+".", sentences, "  ") + "\n")
	}
	for _, text := range f.below() {
		below.WriteString(wrap(text, sentences, "  ") + "\n")
	}
	_, err = fmt.Fprintf(w, "%s%s%s\n", title, rows, below.String())
	return err
}

// text draws the header and the rows.
func (f fitted) text() (string, error) {
	align := make(tw.Alignment, len(f.header))
	for i := range f.header {
		align[i] = tw.AlignLeft
		if i < len(f.Columns) && f.Columns[i].Number {
			align[i] = tw.AlignRight
		}
	}
	var b strings.Builder
	table := tablewriter.NewTable(&b,
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithAlignment(align),
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders: tw.BorderNone,
			Symbols: tw.NewSymbols(tw.StyleLight),
			Settings: tw.Settings{
				Separators: tw.Separators{BetweenColumns: tw.Off},
				Lines:      tw.Lines{ShowHeaderLine: tw.On},
			},
		})),
	)
	table.Header(f.header)
	if err := table.Bulk(f.rows); err != nil {
		return "", err
	}
	err := table.Render()
	return b.String(), err
}
