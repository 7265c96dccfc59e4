package main

import (
	"fmt"
	"strconv"
	"strings"
)

// A section of the page: a text that says what is simulated, tables, and a conclusion.
type section struct {
	title, text string
	tables      []table
	plain       [][]string // instead of tables: cells that are no shares, under heads
	heads       []string
	after       string
}

func decimals(v float64, d int) string { return strconv.FormatFloat(v, 'f', d, 64) }

const intro = `This page lists every test and interval that the project uses, what each assumes,
and how often most are wrong in simulation. "go run ./bench/statistics -o docs/statistics.md" writes
the page; the draws have fixed seeds, and a test compares the page with them. Tests are at the 5%
level and intervals are 95% intervals. Samples consist of seeds, since runs of one seed depend on
each other.`

// markdown writes the page.
func markdown(all []section) string {
	var b strings.Builder
	var listed [][]string
	for _, t := range tools {
		listed = append(listed, t.cells())
	}
	fmt.Fprintf(&b, "# Tests and intervals\n\n%s\n", filled(intro))
	writeTable(&b, "what", []string{"used for", "takes for granted", "source", "code"}, listed, ":---")
	for _, s := range all {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", s.title, filled(s.text))
		for _, t := range s.tables {
			writeTable(&b, t.name, t.heads, t.cells(), numbers)
		}
		if s.plain != nil {
			writeTable(&b, "", s.heads, s.plain, numbers)
		}
		if s.after != "" {
			fmt.Fprintf(&b, "\n%s\n", filled(s.after))
		}
	}
	return b.String()
}

// filled breaks lines so that none is longer than 100 bytes.
func filled(text string) string {
	var b strings.Builder
	column := 0
	for _, word := range strings.Fields(text) {
		switch {
		case column == 0:
		case column+1+len(word) > 100:
			b.WriteString("\n")
			column = 0
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String()
}

// numbers aligns a column to the right.
const numbers = "---:"

// writeTable writes a table. All columns except the first have the alignment align.
func writeTable(b *strings.Builder, name string, heads []string, rows [][]string, align string) {
	fmt.Fprintf(b, "\n| %s | %s |\n|:---%s|\n", name, strings.Join(heads, " | "), strings.Repeat("|"+align, len(heads)))
	for _, row := range rows {
		fmt.Fprintf(b, "| %s |\n", strings.Join(row, " | "))
	}
}
