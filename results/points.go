package results

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"ranksweep/metrics"
)

// pointColumns are the columns of curve.csv and modules.csv.
func pointColumns(recorded []metrics.Quantity) []Column {
	return slices.Concat(stepColumns, []Column{moduleColumn}, quantityColumns(recorded))
}

var moduleColumn = Column{"module", "", "the adapted map that the row is about; empty for the whole run"}

// stepColumns say where in a run a point is.
var stepColumns = []Column{
	{"step", "steps", "updates made: 0 is before any"},
	{"tokens", "tokens", "tokens trained on so far"},
}

func stepCells(p metrics.Point) []string {
	return []string{strconv.Itoa(p.Step), formatTokens(p.Tokens)}
}

// formatTokens writes a number of tokens; empty if it is not known.
func formatTokens(n int64) string {
	if n == metrics.TokensUnknown {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// parseTokens reads what formatTokens wrote.
func parseTokens(cell string) (int64, error) {
	if cell == "" {
		return metrics.TokensUnknown, nil
	}
	return strconv.ParseInt(cell, 10, 64)
}

// encodePoints writes points as CSV, without quantities that are derived when they are read.
func encodePoints(points []metrics.Point) []byte {
	return encodeQuantities(points, slices.DeleteFunc(metrics.Recorded(points...), metrics.Quantity.Derived))
}

// withBitsPerByte is the text of a run's curve with the column that is derived when it is read, as its last one.
func withBitsPerByte(text []byte, r Run) []byte {
	if !knowsBytes(r.Validation) {
		return text
	}
	column, cell := metrics.BitsPerByte, metrics.BitsPerByte.Name()
	lines := bytes.SplitAfter(text, []byte{'\n'})
	if len(lines) != 2+len(r.Curve) || bytes.ContainsAny(text, "\"\r") || bytes.Contains(lines[0], []byte(cell)) {
		return wholeCurve(r) // which takes longer, and knows quotes, empty lines, and the column itself
	}
	longer := make([]byte, 0, len(text)+25*len(lines))
	for i, line := range lines[:1+len(r.Curve)] {
		if i > 0 {
			cell = FormatFloat(r.Curve[i-1].Values[column])
		}
		longer = fmt.Appendf(longer, "%s,%s\n", line[:len(line)-1], cell)
	}
	return longer
}

// wholeCurve writes the curve of a run as CSV, with what is derived.
func wholeCurve(r Run) []byte { return encodeQuantities(r.Curve, metrics.Recorded(r.Curve...)) }

// encodeCurve writes the curve of a run as CSV, as it is stored. An imported one may have what is derived in others.
func encodeCurve(r Run) []byte {
	if r.Imported != nil {
		return wholeCurve(r)
	}
	return encodePoints(r.Curve)
}

func encodeQuantities(points []metrics.Point, recorded []metrics.Quantity) []byte {
	rows := [][]string{columnNames(pointColumns(recorded))}
	for _, p := range points {
		rows = append(rows, slices.Concat(stepCells(p), []string{p.Module}, valueCells(p, recorded)))
	}
	return encodeCSV(rows)
}

// valueCells are the quantities of a point as cells.
func valueCells(p metrics.Point, recorded []metrics.Quantity) (cells []string) {
	for _, q := range recorded {
		cells = append(cells, FormatFloat(p.Values[q]))
	}
	return cells
}

// measured is a column of a table that holds a quantity.
type measured struct {
	place    int
	quantity metrics.Quantity
}

// decodePoints reads what encodePoints wrote. A quantity without a column, in
// a record that an earlier program wrote, is absent. A column that this program does not
// know, in a record that a newer one wrote, is passed over.
func decodePoints(data []byte) (points []metrics.Point, err error) {
	var columns []measured
	for row, err := range csvRows(data) {
		if err != nil && columns == nil {
			return nil, fmt.Errorf("no header: %w", err)
		}
		if err != nil {
			return nil, err
		}
		if columns == nil {
			if columns, err = measuredIn(row.cells); err != nil {
				return nil, err
			}
			points = slices.Grow(points, max(0, bytes.Count(data, []byte{'\n'})-1))
			continue
		}
		p, err := decodePoint(row.cells, columns)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", row.line, err)
		}
		points = append(points, p)
	}
	if columns == nil {
		return nil, fmt.Errorf("no header: %w", io.EOF)
	}
	return points, nil
}

// measuredIn returns the quantities in the columns of a header.
func measuredIn(header []string) ([]measured, error) {
	if len(header) < 3 || header[0] != "step" || header[1] != "tokens" || header[2] != "module" {
		return nil, errors.New("header does not begin with step,tokens,module")
	}
	columns := []measured{}
	for i, name := range header {
		if q, ok := metrics.QuantityNamed(name); ok {
			columns = append(columns, measured{i, q})
		}
	}
	return columns, nil
}

func decodePoint(row []string, columns []measured) (metrics.Point, error) {
	p := metrics.Point{Module: strings.Clone(row[2]), Values: metrics.NoValues()}
	var err error
	if p.Step, err = strconv.Atoi(row[0]); err != nil {
		return p, err
	}
	if p.Tokens, err = parseTokens(row[1]); err != nil {
		return p, err
	}
	for _, c := range columns {
		if p.Values[c.quantity], err = parseFloat(row[c.place]); err != nil {
			return p, err
		}
	}
	return p, nil
}

// FormatFloat is the shortest decimal that reads back exactly, or empty for a
// value that is absent. An infinite value is a number that a diverged run did
// not reach: absent.
func FormatFloat(v float64) string { return string(appendFloat(make([]byte, 0, 24), v)) }

// appendFloat appends what [FormatFloat] returns.
func appendFloat(text []byte, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return text
	}
	return strconv.AppendFloat(text, v, 'g', -1, 64)
}

func parseFloat(s string) (float64, error) {
	if s == "" {
		return math.NaN(), nil
	}
	v, err := strconv.ParseFloat(s, 64)
	if err == nil && (math.IsNaN(v) || math.IsInf(v, 0)) {
		err = fmt.Errorf("%q is not a finite number", s)
	}
	return v, err
}

// encodeCSV writes rows with lines that end in \n.
func encodeCSV(rows [][]string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.WriteAll(rows) // a Buffer takes everything
	return b.Bytes()
}
