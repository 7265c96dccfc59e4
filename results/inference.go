package results

import (
	"encoding/csv"
	"fmt"
	"os"
	"strconv"
)

// Inference is how long a model took, once, to score one batch. It is the one
// measurement of time in a report, and so the one that a second execution
// changes.
type Inference struct {
	Form    Form
	Rank    int // 0 for the base
	Round   int // forms of one round were timed in turn, so that they are paired
	Seconds float64
}

// Form is where an adapter is when a model is used.
type Form string

// The forms.
const (
	Base     Form = "base"     // there is none
	Merged   Form = "merged"   // added to the weights
	Attached Form = "attached" // beside them, factored
)

var inferenceColumns = []column{
	{"form", "", "base: without an adapter; merged: added to the weights; attached: computed beside them"},
	{"rank", "rank", "r, the rank of the adapter; 0 without one"},
	{"round", "", "forms of one round were timed in turn, so that they are paired"},
	{"seconds", "s", "time to score one batch"},
}

// WriteInference writes timings as CSV to a file, replaced whole, in a folder
// which it makes where it is absent.
func WriteInference(timings []Inference, path string) error {
	rows := [][]string{columnNames(inferenceColumns)}
	for _, t := range timings {
		rows = append(rows, []string{string(t.Form), strconv.Itoa(t.Rank), strconv.Itoa(t.Round), formatFloat(t.Seconds)})
	}
	return writeRows(path, rows)
}

// ReadInference reads what [WriteInference] wrote. The error of a file that is
// not there is [os.ErrNotExist].
func ReadInference(path string) ([]Inference, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("results: %w", err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = len(inferenceColumns)
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("results: %s: %w: remove it, and it is measured again", path, err)
	}
	var timings []Inference
	for i, row := range rows[min(1, len(rows)):] {
		rank, errRank := strconv.Atoi(row[1])
		round, errRound := strconv.Atoi(row[2])
		seconds, err := strconv.ParseFloat(row[3], 64)
		if errRank != nil || errRound != nil || err != nil || !(seconds > 0) {
			return nil, fmt.Errorf("results: %s:%d: %q: must be a form, a rank, a round and seconds above 0: remove the file, and it is measured again", path, i+2, row)
		}
		timings = append(timings, Inference{Form(row[0]), rank, round, seconds})
	}
	return timings, nil
}
