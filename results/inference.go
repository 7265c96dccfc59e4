package results

import (
	"encoding/csv"
	"fmt"
	"strconv"

	"ranksweep/userfile"
)

// Inference is the time that a model took to score one batch once. A report measures no
// other time, so a second execution changes these numbers only.
type Inference struct {
	Placement Placement
	Rank      int // 0 for the base
	Round     int // all placements are timed in turn in each round, so that they are paired
	Seconds   float64
}

// Placement is where the adapter is while a model is used. Its column is named form.
type Placement string

// The placements.
const (
	Base     Placement = "base"     // there is no adapter
	Merged   Placement = "merged"   // it is added to the weights
	Attached Placement = "attached" // it is computed beside the weights
)

var inferenceColumns = []Column{
	{"form", "", "placement of the adapter: base, there is none; merged, added to the weights; attached, " +
		"computed beside them"},
	{"rank", "rank", "r, the rank of the adapter; 0 without one"},
	{"round", "", "placements of one round were timed in turn, so that they are paired"},
	{"seconds", "s", "time to score one batch"},
}

// WriteInference writes timings as CSV to a file, which it replaces as a whole; it makes
// the file's folder if need be.
func WriteInference(timings []Inference, path string) error {
	rows := [][]string{columnNames(inferenceColumns)}
	for _, t := range timings {
		rows = append(rows,
			[]string{string(t.Placement), strconv.Itoa(t.Rank), strconv.Itoa(t.Round), FormatFloat(t.Seconds)})
	}
	return writeRows(path, rows)
}

// ReadInference reads what [WriteInference] wrote. If there is no file, the error is
// [os.ErrNotExist].
func ReadInference(path string) ([]Inference, error) {
	f, err := userfile.Open(path, userfile.Weights)
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
			return nil, fmt.Errorf("results: %s:%d: %q: must be a placement, a rank, a round and seconds above 0: "+
				"remove the file, and it is measured again", path, i+2, row)
		}
		timings = append(timings, Inference{Placement(row[0]), rank, round, seconds})
	}
	return timings, nil
}
