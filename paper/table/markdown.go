package table

import (
	"fmt"
	"io"
	"strings"
)

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
	for i, text := range t.below() {
		if i == 0 {
			b.WriteString("\n")
		}
		b.WriteString(text + "\n\n")
	}
	return b.String()
}

// escape keeps a text within its cell of a Markdown table.
func escape(text string) string {
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, "\r\n", " ", "\n", " ", "\r", " ").Replace(text)
}

// writeMarkdown writes the page: a list of sentences, and the tables below it.
func (p Page) writeMarkdown(w io.Writer) error {
	var b strings.Builder
	for _, s := range p.Said {
		b.WriteString("- " + s + "\n")
	}
	for _, t := range p.Tables {
		b.WriteString("\n")
		if err := t.WriteMarkdown(&b); err != nil {
			return err
		}
	}
	if p.Left != "" {
		b.WriteString(p.Left + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
