package table

import (
	"fmt"
	"io"
	"strings"

	"ranksweep/misspelt"
)

// A Page is what was found, in sentences, and the tables that show it.
type Page struct {
	Title  string // of the page as HTML; other formats have none
	Said   []string
	Tables []Table
	Left   string // what is left out; empty if nothing is
}

// Format names a way to write a page.
type Format string

// The formats. People read the first four, and programs the others.
const (
	TextFormat     Format = "text"
	MarkdownFormat Format = "markdown"
	LaTeXFormat    Format = "latex"
	HTMLFormat     Format = "html"
	CSVFormat      Format = "csv"
	JSONFormat     Format = "json"
)

// Formats are all formats.
var Formats = []Format{TextFormat, MarkdownFormat, LaTeXFormat, CSVFormat, JSONFormat, HTMLFormat}

// ParseFormat returns the format with a name.
func ParseFormat(name string) (Format, error) {
	var names []string
	for _, f := range Formats {
		if string(f) == name {
			return f, nil
		}
		names = append(names, string(f))
	}
	return "", fmt.Errorf("table: %w", misspelt.Unknown("format", name, names))
}

// IsForPrograms reports whether programs read the format.
func (f Format) IsForPrograms() bool { return f == CSVFormat || f == JSONFormat }

// Write writes the page. Rows of text and of LaTeX have at most so many characters, if that is possible; 0 is any
// number.
func (p Page) Write(w io.Writer, f Format, width int) error {
	switch f {
	case MarkdownFormat:
		return p.writeMarkdown(w)
	case LaTeXFormat:
		return p.writeLaTeX(w, width)
	case HTMLFormat:
		return p.writeHTML(w)
	case CSVFormat:
		return p.writeCSV(w)
	case JSONFormat:
		return p.writeJSON(w)
	}
	return p.writeText(w, width)
}

// sentenceWidth is how many characters a line of sentences has at most.
const sentenceWidth = 100

// writeText writes the page for a terminal.
func (p Page) writeText(w io.Writer, width int) error {
	sentences := sentenceWidth
	if width > 0 {
		sentences = min(width, sentences)
	}
	var b strings.Builder
	for _, s := range p.Said {
		b.WriteString(wrap(s, sentences, "  ") + "\n")
	}
	for _, t := range p.Tables {
		b.WriteString("\n")
		if err := t.writeText(&b, width, sentences); err != nil {
			return err
		}
	}
	if p.Left != "" {
		b.WriteString("\n" + wrap(p.Left, sentences, "  ") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}
