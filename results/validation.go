package results

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// ValidationBatch is the contribution of one batch of the validation set to the validation
// loss, which is the sum of nats divided by the sum of scored tokens.
type ValidationBatch struct {
	Scored int     // tokens that count
	Nats   float64 // their summed cross-entropy
}

var validationColumns = []Column{
	{"batch", "", "place of the batch in the validation set"},
	{"scored", "tokens", "tokens of the batch that count"},
	{"nats", "nats", "their summed cross-entropy at the last validation of the run"},
}

// encodeValidation writes batches as CSV, in order.
func encodeValidation(batches []ValidationBatch) []byte {
	rows := [][]string{columnNames(validationColumns)}
	for i, b := range batches {
		rows = append(rows, []string{strconv.Itoa(i), strconv.Itoa(b.Scored), FormatFloat(b.Nats)})
	}
	return encodeCSV(rows)
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
	for i, row := range rows[1:] {
		b, err := decodeValidationBatch(i, row)
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
	return ValidationBatch{scored, nats}, err
}

// SameBatches reports whether a and b have batches of the same sizes.
func SameBatches(a, b []ValidationBatch) bool {
	return slices.EqualFunc(a, b, func(a, b ValidationBatch) bool { return a.Scored == b.Scored })
}
