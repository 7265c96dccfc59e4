package results

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"ranksweep/metrics"
)

// toColumns returns a table as columns; nil if they would not give back the bytes of its text.
func toColumns(text []byte) []byte {
	header, cells, err := columnCells(text)
	if err != nil || len(header) == 0 {
		return nil
	}
	data := binary.AppendUvarint(nil, uint64(len(cells[0])))
	data = append(append(data, strings.Join(header, ",")...), '\n')
	data = appendColumns(data, columnForms(header, cells))
	if back, err := fromColumns(data); err != nil || !bytes.Equal(back, text) {
		return nil
	}
	return data
}

// columnCells returns the header of a table, and the cells of each column.
func columnCells(text []byte) (header []string, cells [][]string, err error) {
	for row, err := range csvRows(text) {
		if err != nil {
			return nil, nil, err
		}
		if header == nil {
			header, cells = slices.Clone(row.cells), make([][]string, len(row.cells))
			continue
		}
		for i, cell := range row.cells {
			cells[i] = append(cells[i], cell)
		}
	}
	return header, cells, nil
}

// columnForms returns the columns of a table in the order in which they are stored.
func columnForms(header []string, cells [][]string) (columns []*columnForm) {
	byName := make(map[string]*columnForm)
	for i, name := range header {
		c := &columnForm{place: i, cells: cells[i]}
		if _, ok := metrics.QuantityNamed(name); ok && c.readNumbers() {
			c.kind, byName[name] = numberColumn, c
		}
		columns = append(columns, c)
	}
	for _, f := range following {
		c, from := byName[f.quantity.Name()], make([]*columnForm, len(f.from))
		for i, q := range f.from {
			from[i] = byName[q.Name()]
		}
		if c == nil || slices.Contains(from, nil) {
			continue
		}
		c.kind, c.from = f.kind, from
		columns = slices.DeleteFunc(columns, func(o *columnForm) bool { return o == c })
		columns = append(columns, c)
	}
	return columns
}

// readNumbers reports whether each cell is as [FormatFloat] writes its number.
func (c *columnForm) readNumbers() bool {
	for _, cell := range c.cells {
		v, err := parseFloat(cell)
		if err != nil || FormatFloat(v) != cell {
			return false
		}
		c.values = append(c.values, v)
	}
	return true
}

func appendColumns(data []byte, columns []*columnForm) []byte {
	var upper, lower []byte
	for _, c := range columns {
		data = append(binary.AppendUvarint(data, uint64(c.place)), byte(c.kind))
		for _, f := range c.from {
			data = binary.AppendUvarint(data, uint64(f.place))
		}
		if c.kind == textColumn {
			for _, cell := range c.cells {
				data = append(append(data, cell...), '\n')
			}
			continue
		}
		c.encode()
		data = append(data, c.codes...)
		for row, code := range c.codes {
			if code == whole {
				bits := binary.LittleEndian.AppendUint64(nil, math.Float64bits(c.values[row]))
				upper, lower = append(upper, bits[6:]...), append(lower, bits[:6]...)
			}
			if code >= near && c.kind == rootColumn {
				data = binary.AppendUvarint(data, c.entries[row])
			}
		}
	}
	return slices.Concat(data, upper, lower)
}

// encode finds the codes of numbers.
func (c *columnForm) encode() {
	c.codes, c.entries = make([]byte, len(c.values)), make([]uint64, len(c.values))
	for row, v := range c.values {
		if math.IsNaN(v) {
			continue
		}
		c.codes[row] = whole
		if c.kind == numberColumn {
			continue
		}
		if c.kind == rootColumn {
			c.entries[row] = entriesOf(c.from[0].values[row], v)
		}
		off := zigzag(int64(math.Float64bits(v) - math.Float64bits(c.follows(row))))
		if off <= math.MaxUint8-uint64(near) {
			c.codes[row] = near + byte(off)
		}
	}
}

// entriesOf returns of how many entries a norm and a root of a mean square may be; 1 if of none.
func entriesOf(norm, root float64) uint64 {
	if n := math.Round(norm / root * norm / root); n >= 1 && n < 1<<53 {
		return uint64(n)
	}
	return 1
}
