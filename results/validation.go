package results

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"ranksweep/metrics"
)

// ValidationBatch is the contribution of one batch of the validation set to the validation
// loss, which is the sum of nats divided by the sum of scored tokens.
type ValidationBatch struct {
	Scored int     // tokens that count
	Nats   float64 // their summed cross-entropy
	Bytes  int     // UTF-8 bytes of their text; 0 if unknown, as in records of earlier programs
}

var batchColumn = Column{"batch", "", "place of the batch in the validation set"}

var validationColumns = []Column{
	batchColumn,
	{"scored", "tokens", "tokens of the batch that count"},
	{"nats", "nats", "their summed cross-entropy at the last validation of the run"},
}

// bytesColumn is there if a batch knows its bytes.
var bytesColumn = Column{"bytes", "bytes", "UTF-8 bytes of the text of these tokens; empty, or no column, where an " +
	"earlier program wrote the record"}

// knowsBytes reports whether the number of bytes of a batch is known.
func knowsBytes(batches []ValidationBatch) bool {
	return slices.ContainsFunc(batches, func(b ValidationBatch) bool { return b.Bytes > 0 })
}

// batchRows has a row for each batch. In a table with the column of bytes it is empty if these are not known.
func batchRows(batches []ValidationBatch, bytes bool) (rows [][]string) {
	known := knowsBytes(batches)
	for i, b := range batches {
		row := []string{strconv.Itoa(i), strconv.Itoa(b.Scored), FormatFloat(b.Nats)}
		switch {
		case known:
			row = append(row, strconv.Itoa(b.Bytes))
		case bytes:
			row = append(row, "")
		}
		rows = append(rows, row)
	}
	return rows
}

// encodeValidation writes batches as CSV, in order.
func encodeValidation(batches []ValidationBatch) []byte {
	columns := validationColumns
	if knowsBytes(batches) {
		columns = append(slices.Clip(columns), bytesColumn)
	}
	return encodeCSV(slices.Concat([][]string{columnNames(columns)}, batchRows(batches, false)))
}

// decodeValidation reads what encodeValidation wrote. Columns that follow, in a record that
// a newer program wrote, are passed over.
func decodeValidation(data []byte) ([]ValidationBatch, error) {
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		return nil, err
	}
	known := columnNames(validationColumns)
	if len(rows) == 0 || len(rows[0]) < len(known) || !slices.Equal(rows[0][:len(known)], known) {
		return nil, errors.New("header does not begin with batch,scored,nats")
	}
	var batches []ValidationBatch
	bytes := slices.Index(rows[0], bytesColumn.Name)
	for i, row := range rows[1:] {
		b, err := decodeValidationBatch(i, row)
		if err == nil && bytes >= 0 {
			b.Bytes, err = strconv.Atoi(row[bytes])
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+2, err)
		}
		batches = append(batches, b)
	}
	return batches, nil
}

func decodeValidationBatch(place int, row []string) (ValidationBatch, error) {
	if row[0] != strconv.Itoa(place) {
		return ValidationBatch{}, fmt.Errorf("batch %q: must be %d", row[0], place)
	}
	scored, err := strconv.Atoi(row[1])
	if err != nil {
		return ValidationBatch{}, err
	}
	nats, err := parseFloat(row[2])
	return ValidationBatch{Scored: scored, Nats: nats}, err
}

// bitsPerNat is how many bits a byte a validation loss of one nat a token comes to.
func bitsPerNat(batches []ValidationBatch) float64 {
	scored, bytes := 0, 0
	for _, b := range batches {
		scored, bytes = scored+b.Scored, bytes+b.Bytes
	}
	return float64(scored) / math.Ln2 / float64(bytes)
}

// setBitsPerByte derives the bits per byte of each point of a curve from its validation loss, if the bytes are known.
func setBitsPerByte(curve []metrics.Point, batches []ValidationBatch) {
	if !knowsBytes(batches) {
		return
	}
	factor := bitsPerNat(batches)
	for i := range curve {
		v := &curve[i].Values
		v[metrics.BitsPerByte] = v[metrics.ValLoss] * factor
	}
}

// SameBatches reports whether a and b have batches of the same sizes.
func SameBatches(a, b []ValidationBatch) bool {
	return slices.EqualFunc(a, b, func(a, b ValidationBatch) bool { return a.Scored == b.Scored })
}
