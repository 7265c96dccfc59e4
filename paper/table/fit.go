package table

import (
	"slices"
	"strings"
)

// gap is what a column takes beside its entries: a space at each side.
const gap = 2

// A fitted table has lines that are short enough, as far as that is possible.
type fitted struct {
	Table
	header []string
	rows   [][]string
	left   []string // heads of the columns for which there was no room
}

// fit makes lines of at most so many characters of a terminal. It breaks heads and long cells between words. If that
// is not enough, it leaves out columns of detail, from the last on; and if that is not, it breaks cells into narrow
// ones, at the end within words. Without a width it does nothing.
func (t Table) fit(width int) (f fitted) {
	const readable, narrow = 24, 8 // characters of a cell that is broken into lines
	var left []string
	for f = t.narrowed(width, readable, false); width > 0 && f.width() > width; {
		last := lastDetail(t.Columns)
		if last < 0 {
			break
		}
		left = append(left, t.Columns[last].Head)
		t = t.without(last)
		f = t.narrowed(width, readable, false)
	}
	for _, within := range []bool{false, true} {
		if width > 0 && f.width() > width {
			f = t.narrowed(width, narrow, within)
		}
	}
	slices.Reverse(left)
	f.left = left
	return f
}

// lastDetail is the index of the last column of detail; -1 if there is none.
func lastDetail(columns []Column) int {
	for i, c := range slices.Backward(columns) {
		if c.Detail {
			return i
		}
	}
	return -1
}

// without returns the table without a column.
func (t Table) without(column int) Table {
	i := -1
	return t.withColumns(func(Column) bool { i++; return i != column })
}

// narrowed breaks the heads of a table that is too wide, and then cells of words, those of the widest column first,
// but not into less than so many characters, and not within words unless that is asked for.
func (t Table) narrowed(width, least int, within bool) fitted {
	header, rows := t.Texts()
	f := fitted{Table: t, header: header, rows: rows}
	if width <= 0 || f.width() <= width {
		return f
	}
	for i, head := range header {
		f.header[i] = wrap(head, max(longest(strings.Fields(head)), f.cells(i)), "")
	}
	widths, over := make([]int, len(t.Columns)), f.width()-width
	for i := range widths {
		widths[i] = f.column(i)
	}
	for ; over > 0; over-- {
		i := f.widest(widths, least, within)
		if i < 0 {
			break
		}
		widths[i]--
	}
	for i, c := range t.Columns {
		if !c.Number {
			f.wrap(i, widths[i])
		}
	}
	return f
}

// wrap breaks the cells of a column.
func (f fitted) wrap(column, width int) {
	f.header[column] = wrap(f.header[column], width, "")
	for _, row := range f.rows {
		row[column] = wrap(row[column], width, "")
	}
}

// widest is the widest of the columns of words that may be narrower; -1 if none may.
func (f fitted) widest(widths []int, least int, within bool) int {
	at := -1
	for i, c := range f.Columns {
		mayShrink := widths[i] > least && (within || widths[i] > f.longestWord(i))
		if !c.Number && mayShrink && (at < 0 || widths[i] > widths[at]) {
			at = i
		}
	}
	return at
}

// longestWord is the width of the longest word of a column.
func (f fitted) longestWord(column int) int {
	width := longest(strings.Fields(f.header[column]))
	for _, row := range f.rows {
		width = max(width, longest(strings.Fields(row[column])))
	}
	return width
}

// lines is how many lines the rows have.
func (f fitted) lines() (sum int) {
	for _, row := range f.rows {
		lines := 1
		for _, text := range row {
			lines = max(lines, 1+strings.Count(text, "\n"))
		}
		sum += lines
	}
	return sum
}

// width is how long lines are.
func (f fitted) width() (sum int) {
	for i := range f.header {
		sum += f.column(i) + gap
	}
	return sum
}

// column is the width of a column.
func (f fitted) column(i int) int { return max(textWidth(f.header[i]), f.cells(i)) }

// cells is the width of a column's cells.
func (f fitted) cells(i int) (width int) {
	for _, row := range f.rows {
		width = max(width, textWidth(row[i]))
	}
	return width
}

// longest is the width of the longest of texts.
func longest(texts []string) (width int) {
	for _, s := range texts {
		width = max(width, textWidth(s))
	}
	return width
}
