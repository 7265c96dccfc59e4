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

// writeMarkdown writes the page: a list of sentences, and the tables below it. No name in them becomes markup.
func (p Page) writeMarkdown(w io.Writer) error {
	var b strings.Builder
	for _, s := range p.Said {
		b.WriteString("- " + literal(s) + "\n")
	}
	for _, t := range p.Tables {
		b.WriteString("\n")
		if err := t.literal().WriteMarkdown(&b); err != nil {
			return err
		}
	}
	if p.Left != "" {
		b.WriteString(literal(p.Left) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// literal is the table with texts that mean nothing to Markdown.
func (t Table) literal() Table {
	t.Title, t.Caption, t.Notes = literal(t.Title), literal(t.Caption), each(t.Notes, literal)
	t.Columns = each(t.Columns, func(c Column) Column { c.Head = literal(c.Head); return c })
	t.Rows = each(t.Rows, func(r Row) Row {
		r.Entries = each(r.Entries, func(e Entry) Entry { e.Text = literal(e.Text); return e })
		return r
	})
	return t
}

// literal writes a text with character references in place of what Markdown takes for markup: HTML, emphasis, code,
// and links, of which only the middle is.
func literal(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", "*", "&#42;", "`", "&#96;", "~", "&#126;",
		"](", "]&#40;").Replace(text)
}
