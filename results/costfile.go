package results

import (
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"ranksweep/userfile"
	"ranksweep/wholefile"
)

// costFile has a line for each row of grid.csv, below its header: the estimated cost of the run, in
// floating-point operations. Whoever watches a store tells from it how much work is left; nothing else
// reads it.
const costFile = "costs.csv"

var costColumns = []Column{{"flops", "operations",
	"what the run of the same line of grid.csv should take, counted from shapes; " +
		"sweep status --watch estimates the time left by it"}}

// WriteCosts writes the costs of a grid's runs to their file in dir, those that tune first.
func WriteCosts(costs []float64, dir string) error {
	err := wholefile.Write(filepath.Join(dir, costFile), func(w io.Writer) error {
		fmt.Fprintln(w, costColumns[0].Name)
		for _, c := range costs {
			fmt.Fprintln(w, FormatFloat(c))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("results: %w", err)
	}
	return nil
}

// ReadCosts returns the costs of so many runs of a grid, those that tune first. If they are not known, the
// cost of each is 1.
func ReadCosts(dir string, runs int) []float64 {
	equal := make([]float64, runs)
	for i := range equal {
		equal[i] = 1
	}
	text, _ := userfile.Read(filepath.Join(dir, costFile), userfile.Weights)
	lines := strings.Fields(string(text))
	if len(lines) != runs+1 || lines[0] != costColumns[0].Name {
		return equal
	}
	costs := make([]float64, runs)
	for i := range costs {
		c, err := strconv.ParseFloat(lines[i+1], 64)
		if err != nil || !(c > 0) || c > 1e300 {
			return equal
		}
		costs[i] = c
	}
	return costs
}
