package results

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// ValidationBatch is the contribution of one batch of the validation set to the validation
// loss, which is the sum of nats divided by the sum of scored tokens.
type ValidationBatch struct {
	Scored int     // tokens that count
	Nats   float64 // their summed cross-entropy
}

var validationColumns = []column{
	{"batch", "", "place of the batch in the validation set"},
	{"scored", "tokens", "tokens of the batch that count"},
	{"nats", "nats", "their summed cross-entropy at the last validation of the run"},
}

// encodeValidation writes batches as CSV, in order.
func encodeValidation(batches []ValidationBatch) []byte {
	rows := [][]string{columnNames(validationColumns)}
	for i, b := range batches {
		rows = append(rows, []string{strconv.Itoa(i), strconv.Itoa(b.Scored), formatFloat(b.Nats)})
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

// ValidationError returns the standard error that the choice of the validation set adds to
// the mean difference of final validation losses between a and b. Runs are paired by seed;
// a pair counts if both runs are done. The result is NaN if a pair that counts lacks its
// validation batches, if two runs were validated on different batches, or if there are
// fewer than two batches.
//
// The mean difference is R = Σ D_i/Σ n_i over the batches, n_i the scored tokens of
// batch i and D_i the difference of its nats, averaged over the pairs: a ratio
// estimator, whose variance over k batches is, linearized,
//
//	k/(k−1) Σ (D_i − R n_i)² / (Σ n_i)²
//
// (Cochran, Sampling Techniques, 3rd edition, section 6.4). Seeds are taken as fixed: the
// interval over seeds has their part of the error. For a seed with a local grid, the
// batches are the best run's, since nothing is trained at the lowest point itself.
func ValidationError(a, b []Run) float64 {
	pairs := validatedPairs(a, b)
	if len(pairs) == 0 {
		return math.NaN()
	}
	batches := pairs[0][0].Validation
	difference := make([]float64, len(batches)) // D_i
	for _, p := range pairs {
		if !sameBatches(p[0].Validation, batches) || !sameBatches(p[1].Validation, batches) {
			return math.NaN()
		}
		for i := range batches {
			difference[i] += (p[0].Validation[i].Nats - p[1].Validation[i].Nats) / float64(len(pairs))
		}
	}
	return ratioError(difference, batches)
}

// validatedPairs returns the pairs of runs, one from a and one from b, that share a seed
// and are both done.
func validatedPairs(a, b []Run) (pairs [][2]Run) {
	bySeed := make(map[uint64]Run)
	for _, r := range b {
		if r.Status == Done {
			bySeed[r.Seed] = r
		}
	}
	for _, r := range a {
		if other, ok := bySeed[r.Seed]; ok && r.Status == Done {
			pairs = append(pairs, [2]Run{r, other})
		}
	}
	return pairs
}

// sameBatches reports whether a and b have batches of the same sizes.
func sameBatches(a, b []ValidationBatch) bool {
	return slices.EqualFunc(a, b, func(a, b ValidationBatch) bool { return a.Scored == b.Scored })
}

// ratioError returns the standard error of Σ d / Σ n, n the scored tokens of each batch.
func ratioError(d []float64, batches []ValidationBatch) float64 {
	k := float64(len(batches))
	if k < 2 {
		return math.NaN()
	}
	var sum, scored, squares float64
	for i, b := range batches {
		sum += d[i]
		scored += float64(b.Scored)
	}
	for i, b := range batches {
		squares += math.Pow(d[i]-sum/scored*float64(b.Scored), 2)
	}
	return math.Sqrt(k/(k-1)*squares) / scored
}
