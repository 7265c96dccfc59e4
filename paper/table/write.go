package table

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"ranksweep/csvcell"
)

// WriteText writes the table for a terminal: title, if there is one, rows, notes, caption.
func (t Table) WriteText(w io.Writer) error {
	header, rows := t.Texts()
	align := make(tw.Alignment, len(header))
	for i := range header {
		align[i] = tw.AlignLeft
		if i < len(t.Columns) && t.Columns[i].Number {
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
	table.Header(header)
	if err := table.Bulk(rows); err != nil {
		return fmt.Errorf("table: %s: %w", t.Name, err)
	}
	if err := table.Render(); err != nil {
		return fmt.Errorf("table: %s: %w", t.Name, err)
	}
	title := ""
	if t.Title != "" {
		title = t.Title + "\n\n"
	}
	_, err := fmt.Fprintf(w, "%s%s%s\n", title, b.String(), t.below("\n"))
	return err
}

// WriteMarkdown writes the table as GitHub reads it.
func (t Table) WriteMarkdown(w io.Writer) error {
	_, err := fmt.Fprintf(w, "**%s**\n\n%s\n", t.Title, t.Markdown())
	return err
}

// Markdown is the table without its title.
func (t Table) Markdown() string {
	header, rows := t.Texts()
	var b strings.Builder
	line := func(cells []string) {
		b.WriteString("|")
		for _, c := range cells {
			b.WriteString(" " + escape(c) + " |")
		}
		b.WriteString("\n")
	}
	line(header)
	for i := range header {
		if i < len(t.Columns) && t.Columns[i].Number {
			b.WriteString("|---:")
		} else {
			b.WriteString("|:---")
		}
	}
	b.WriteString("|\n")
	for _, row := range rows {
		line(row)
	}
	if below := t.below("\n\n"); below != "" {
		b.WriteString("\n" + below)
	}
	return b.String()
}

// escape keeps a text within its cell of a Markdown table.
func escape(text string) string {
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, "\r\n", " ", "\n", " ", "\r", " ").Replace(text)
}

// below writes the notes and the caption, each followed by end.
func (t Table) below(end string) string {
	var b strings.Builder
	for i, note := range t.Notes {
		b.WriteString(superscript(i+1) + " " + note + end)
	}
	if t.Caption != "" {
		b.WriteString(t.Caption + end)
	}
	return b.String()
}

// WriteCSV writes the table's fields at full precision and, last, the notes of each row with
// semicolons between them. An absent value is an empty field, and a text that a spreadsheet would
// take for a formula begins with an apostrophe.
func (t Table) WriteCSV(w io.Writer) error {
	var header []string
	for _, c := range t.Columns {
		header = append(header, c.Fields...)
	}
	out := csv.NewWriter(w)
	out.Write(append(header, "notes"))
	for _, r := range t.Rows {
		var row, notes []string
		for _, e := range r.Entries {
			row = append(row, each(e.Values, csvcell.Guard)...)
		}
		for _, i := range r.Notes {
			notes = append(notes, t.Notes[i])
		}
		out.Write(append(row, csvcell.Guard(strings.Join(notes, "; "))))
	}
	out.Flush()
	return out.Error()
}
