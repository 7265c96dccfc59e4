// Package table holds tables as values and writes them: as text for a terminal, Markdown, LaTeX, HTML, CSV
// and JSON, each in a file of its own. It knows nothing about their contents.
package table

import (
	"slices"
	"strconv"
	"strings"

	"ranksweep/paper/number"
)

// A Table is rows of entries, which say the same to people and, at full precision, to
// programs. The notes of a row are doubts about it.
type Table struct {
	Name    string // of its file, without extension
	Title   string
	Caption string // explains the columns, and what was held equal; lines end in \n
	Columns []Column
	Rows    []Row
	Notes   []string // a row's note 0 is the first of these
}

// A Column is one column for people and one or more fields for programs.
type Column struct {
	Head    string
	Fields  []string
	Number  bool // aligned to the right
	Detail  bool // few readers need it: left out where there is no room
	Setting bool // tells rows apart together with others of its kind, which share a column where there is no room
}

// A Row has an entry for each column.
type Row struct {
	Entries []Entry
	Notes   []int // indices into the table's notes
	Detail  bool  // few readers need it
}

// An Entry has a value for each field of its column; empty where absent.
type Entry struct {
	Text   string
	Values []string
}

// Word is an entry that says the same to people and programs.
func Word(s string) Entry { return Entry{Text: s, Values: []string{s}} }

// Exact is an entry of values at full precision. People read the text or, if the first value is
// absent or infinite, nothing.
func Exact(text string, values ...float64) Entry {
	if !number.Finite(values[0]) {
		text = ""
	}
	return Entry{text, each(values, number.Exact)}
}

// Texts returns the table's header and rows for people. If rows have notes, the marks of
// these notes are the last column, where they do not move any digits.
func (t Table) Texts() (header []string, rows [][]string) {
	for _, c := range t.Columns {
		header = append(header, c.Head)
	}
	if len(t.Notes) > 0 {
		header = append(header, "")
	}
	for _, r := range t.Rows {
		var row []string
		for _, e := range r.Entries {
			row = append(row, e.Text)
		}
		if len(t.Notes) > 0 {
			row = append(row, marks(r.Notes))
		}
		rows = append(rows, row)
	}
	return header, rows
}

// below are the sentences below the table: its notes with their marks, and its caption.
func (t Table) below() (all []string) {
	for i, note := range t.Notes {
		all = append(all, superscript(i+1)+" "+note)
	}
	if t.Caption != "" {
		all = append(all, t.Caption)
	}
	return all
}

// marks writes the numbers of notes, from 1, as raised digits: ¹ ² ¹².
func marks(notes []int) string {
	var all []string
	for _, i := range notes {
		all = append(all, superscript(i+1))
	}
	return strings.Join(all, " ")
}

// raised are the digits of marks.
var raised = []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")

func superscript(n int) string {
	return strings.Map(func(digit rune) rune { return raised[digit-'0'] }, strconv.Itoa(n))
}

// add appends a column, with an entry for each row, unless every entry is empty.
func (t *Table) add(c Column, entries []Entry) {
	if t.Rows == nil {
		t.Rows = make([]Row, len(entries))
	}
	if !slices.ContainsFunc(entries, func(e Entry) bool { return e.Text != "" }) {
		return
	}
	t.Columns = append(t.Columns, c)
	for i, e := range entries {
		t.Rows[i].Entries = append(t.Rows[i].Entries, e)
	}
}

// Doubt adds a note to a row: a footnote, which is printed once below the table, however many
// rows share it.
func (t *Table) Doubt(row int, text string) {
	i := slices.Index(t.Notes, text)
	if i < 0 {
		i = len(t.Notes)
		t.Notes = append(t.Notes, text)
	}
	if notes := t.Rows[row].Notes; !slices.Contains(notes, i) {
		t.Rows[row].Notes = append(notes, i)
	}
}
