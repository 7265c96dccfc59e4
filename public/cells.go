package public

import (
	_ "embed" // for the files below
	"encoding/csv"
	"math"
	"slices"
	"strconv"
	"strings"

	"ranksweep/metrics/stats"
)

// Where the numbers come from.
const (
	Tinker = "tinker-cookbook 9dfcc3a, sft_sweep.md, Apache-2.0"
	PEFT   = "peft 5d602fd, method_comparison/MetaMathQA, Apache-2.0"
	Taken  = "2026-11-30" // day on which the numbers were taken from the files
)

var (
	//go:embed cells.csv
	cellsCSV string
	//go:embed peft.csv
	peftCSV string
)

// cell is a model trained at a rank and a rate, with the losses of its runs: infinite where one diverged.
type cell struct {
	model  string
	rank   int
	rate   float64
	losses []float64
}

// rowsOf reads an embedded file, without its head.
func rowsOf(file string) [][]string {
	rows, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	if err != nil {
		panic("public: the embedded numbers: " + err.Error()) // a test reads them
	}
	return rows[1:]
}

// cells are those of the Tinker cookbook, in the order of the file.
func cells() (all []cell) {
	for _, row := range rowsOf(cellsCSV) {
		rank, _ := strconv.Atoi(row[1])
		rate, _ := strconv.ParseFloat(row[2], 64)
		loss, err := strconv.ParseFloat(row[5], 64)
		if err != nil {
			loss = math.Inf(1) // it diverged
		}
		same := func(c cell) bool { return c.model == row[0] && c.rank == rank && c.rate == rate }
		if i := slices.IndexFunc(all, same); i >= 0 {
			all[i].losses = append(all[i].losses, loss)
			continue
		}
		all = append(all, cell{row[0], rank, rate, []float64{loss}})
	}
	return all
}

// trial is a cell as a rate with its mean loss.
func (c cell) trial() stats.Trial {
	return stats.Trial{Rate: c.rate, Loss: stats.MeanInterval(c.losses).Mean}
}

// noise is the standard deviation of a loss over runs of one cell, from the cells that have two: their median
// difference, which few cells near divergence do not move, over that of normal losses with deviation 1.
func noise(all []cell) (deviation float64, n int) {
	var differences []float64
	for _, c := range all {
		if len(c.losses) == 2 && !math.IsInf(c.losses[0]+c.losses[1], 1) {
			differences = append(differences, math.Abs(c.losses[0]-c.losses[1]))
		}
	}
	slices.Sort(differences)
	return differences[len(differences)/2] / (0.6745 * math.Sqrt2), len(differences)
}
