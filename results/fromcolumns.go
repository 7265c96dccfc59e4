package results

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

var errColumns = errors.New("columns of numbers are cut off or damaged")

// fromColumns returns the text of a table from its columns, see [columnForm].
func fromColumns(data []byte) ([]byte, error) {
	r := &columnReader{left: data}
	rows := r.number()
	header, found := r.line()
	width := uint64(bytes.Count(header, []byte{','}) + 1)
	if !found || rows > uint64(len(data)) || width > uint64(len(data)) {
		return nil, errColumns
	}
	byPlace := make([]*columnForm, width)
	var inOrder []*columnForm
	for range byPlace {
		c := r.column(int(rows), byPlace)
		if r.wrong {
			return nil, errColumns
		}
		byPlace[c.place] = c
		inOrder = append(inOrder, c)
	}
	if !r.numbers(inOrder) {
		return nil, errColumns
	}
	text := append(slices.Grow(header[:len(header):len(header)], 3*len(data)), '\n')
	for row := range int(rows) {
		for i, c := range byPlace {
			if i > 0 {
				text = append(text, ',')
			}
			text = c.appendCell(text, row)
		}
		if text = append(text, '\n'); len(text) > largestRun {
			return nil, fmt.Errorf("columns give more than the %d bytes that a record in a pack has", largestRun)
		}
	}
	return text, nil
}

// columnReader reads columns from what is left of their bytes.
type columnReader struct {
	left  []byte
	wrong bool // something was not there, or cannot be
}

func (r *columnReader) take(n uint64) []byte {
	if n > uint64(len(r.left)) {
		r.left, r.wrong = nil, true
		return nil
	}
	data := r.left[:n]
	r.left = r.left[n:]
	return data
}

func (r *columnReader) number() uint64 {
	n, size := binary.Uvarint(r.left)
	if size <= 0 {
		r.wrong = true
	}
	r.take(uint64(max(0, size)))
	return n
}

func (r *columnReader) line() (line []byte, found bool) {
	line, r.left, found = bytes.Cut(r.left, []byte{'\n'})
	r.wrong = r.wrong || !found
	return line, found
}

// column reads a column without its numbers.
func (r *columnReader) column(rows int, byPlace []*columnForm) *columnForm {
	place, kind := r.number(), r.take(1)
	if r.wrong || place >= uint64(len(byPlace)) || byPlace[place] != nil || kind[0] >= byte(columnKinds) {
		r.wrong = true
		return nil
	}
	c := &columnForm{place: int(place), kind: columnKind(kind[0])}
	for range columnsFrom[c.kind] {
		at := r.number()
		if at >= uint64(len(byPlace)) || byPlace[at] == nil || byPlace[at].kind == textColumn {
			r.wrong = true
			return nil
		}
		c.from = append(c.from, byPlace[at])
	}
	if c.kind == textColumn {
		lines := r.left
		for range rows {
			r.line()
		}
		c.cells = strings.Split(string(lines[:len(lines)-len(r.left)]), "\n")
		return c
	}
	c.codes = r.take(uint64(rows))
	c.entries = make([]uint64, len(c.codes))
	for row, code := range c.codes {
		if code >= near && c.kind == rootColumn {
			c.entries[row] = r.number()
		}
		r.wrong = r.wrong || code >= near && c.kind == numberColumn
	}
	return c
}

// numbers reads the numbers of all columns, which is all that is left.
func (r *columnReader) numbers(columns []*columnForm) bool {
	count := uint64(0)
	for _, c := range columns {
		count += uint64(bytes.Count(c.codes, []byte{whole}))
	}
	upper, lower := r.take(2*count), r.take(6*count)
	if r.wrong || len(r.left) > 0 {
		return false
	}
	for _, c := range columns {
		c.values = make([]float64, len(c.codes))
		for row, code := range c.codes {
			switch code {
			case absent:
				c.values[row] = math.NaN()
			case whole:
				var bits [8]byte
				copy(bits[:], lower[:6])
				copy(bits[6:], upper[:2])
				lower, upper = lower[6:], upper[2:]
				c.values[row] = math.Float64frombits(binary.LittleEndian.Uint64(bits[:]))
			default:
				off := unzigzag(uint64(code - near))
				c.values[row] = math.Float64frombits(math.Float64bits(c.follows(row)) + uint64(off))
			}
		}
	}
	return true
}

func (c *columnForm) appendCell(text []byte, row int) []byte {
	if c.kind == textColumn {
		return append(text, c.cells[row]...)
	}
	return appendFloat(text, c.values[row])
}
