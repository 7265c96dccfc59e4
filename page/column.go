package page

import "ranksweep/results"

// A column is a column of a table, with each of its texts once.
type column struct {
	Name    string   `json:"name"`
	Unit    string   `json:"unit"`
	Meaning string   `json:"meaning"`
	Words   []string `json:"words"`
	At      []int    `json:"at,omitempty"` // the word of each row; left out if all have the first, or each its own
}

// columnsOf are the columns of a table.
func columnsOf(t results.Table) []column {
	columns := make([]column, len(t.Columns))
	for i, c := range t.Columns {
		cells := make([]string, len(t.Rows))
		for j, row := range t.Rows {
			cells[j] = row[i]
		}
		words, at := wordsOf(cells)
		if len(words) == 1 || len(words) == len(cells) {
			at = nil
		}
		columns[i] = column{Name: c.Name, Unit: c.Unit, Meaning: c.Meaning, Words: words, At: at}
	}
	return columns
}

// cell is the text of a row.
func (c column) cell(row int) string {
	switch {
	case c.At != nil:
		return c.Words[c.At[row]]
	case len(c.Words) == 1:
		return c.Words[0]
	}
	return c.Words[row]
}

// wordsOf has each text once, in order of first appearance, and which of them each text is.
func wordsOf(texts []string) (words []string, at []int) {
	known := make(map[string]int)
	words, at = []string{}, []int{} // where empty, no null in JSON
	for _, text := range texts {
		i, ok := known[text]
		if !ok {
			i = len(words)
			known[text], words = i, append(words, text)
		}
		at = append(at, i)
	}
	return words, at
}
