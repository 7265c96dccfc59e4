package table

import (
	"slices"
	"strings"
)

// gap is what a column takes beside its entries: a space at each side.
const gap = 2

// breaks says where cells are broken into lines: only between words; within words that have a sign for it, see
// [breakSigns]; within any word; or also between the numbers of an interval.
type breaks uint8

const (
	betweenWords breaks = iota
	afterSigns
	withinWords
	betweenNumbers
)

// A fitted table has lines that are short enough, as far as that is possible.
type fitted struct {
	Table
	header []string
	rows   [][]string
	left   []string // heads of the columns for which there was no room
}

// fitFolded is fit, which before it tears a word has all settings in one column.
func (t Table) fitFolded(width int, last breaks) fitted {
	f := t.fit(width, afterSigns)
	if width <= 0 || f.width() <= width {
		return f
	}
	folded, _ := f.Table.folded()
	left := f.left
	f = folded.fit(width, last)
	f.left = append(left, f.left...)
	return f
}

// fit makes lines of at most so many characters of a terminal. It breaks heads and long cells between words. If that
// is not enough, it leaves out columns of detail, from the last on; and if that is not, it breaks cells into narrow
// ones, at the end in the last way that is allowed. Without a width it does nothing.
func (t Table) fit(width int, last breaks) (f fitted) {
	const readable, narrow = 24, 8 // characters of a cell that is broken into lines
	var left []string
	for f = t.narrowed(width, readable, betweenWords); width > 0 && f.width() > width; {
		detail := lastDetail(t.Columns)
		if detail < 0 {
			break
		}
		left = append(left, t.Columns[detail].Head)
		t = t.without(detail)
		f = t.narrowed(width, readable, betweenWords)
	}
	for at := betweenWords; at <= last && width > 0 && f.width() > width; at++ {
		f = t.narrowed(width, narrow, at)
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
// but not into less than so many characters.
func (t Table) narrowed(width, least int, at breaks) fitted {
	header, rows := t.Texts()
	f := fitted{Table: t, header: header, rows: rows}
	if width <= 0 || f.width() <= width {
		return f
	}
	for i, head := range header {
		f.header[i] = wrap(head, max(longest(strings.Fields(head)), f.cells(i)), "")
	}
	widths, floors, over := make([]int, len(t.Columns)), f.floors(least, at), f.width()-width
	for i := range widths {
		widths[i] = f.column(i)
	}
	for ; over > 0; over-- {
		i := widest(widths, floors)
		if i < 0 {
			break
		}
		widths[i]--
	}
	for i, width := range widths {
		f.wrap(i, width)
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

// floors are the least widths of columns.
func (f fitted) floors(least int, at breaks) []int {
	floors := make([]int, len(f.Columns))
	for i, c := range f.Columns {
		switch {
		case c.Number && at < betweenNumbers:
			floors[i] = f.column(i)
		case !c.Number && at >= withinWords:
			floors[i] = least
		case !c.Number && at == afterSigns:
			floors[i] = max(least, f.longest(i, parts))
		default:
			floors[i] = max(least, f.longest(i, strings.Fields))
		}
	}
	return floors
}

// widest is the widest of the columns that are wider than their floors; -1 if there is none.
func widest(widths, floors []int) int {
	at := -1
	for i, n := range widths {
		if n > floors[i] && (at < 0 || n > widths[at]) {
			at = i
		}
	}
	return at
}

// longest is the width of the longest piece of a column's texts.
func (f fitted) longest(column int, pieces func(string) []string) int {
	width := longest(pieces(f.header[column]))
	for _, row := range f.rows {
		width = max(width, longest(pieces(row[column])))
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
