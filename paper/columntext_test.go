package paper

import (
	"slices"
	"testing"

	"ranksweep/results"
)

// Every column of every table of runs is explained.
func TestColumnsAreExplained(t *testing.T) {
	explained := make(map[string][]string)
	for _, c := range Columns() {
		if c.Meaning == "" {
			t.Errorf("%s: %s is not explained", c.File, c.Name)
		}
		explained[c.File] = append(explained[c.File], c.Name)
	}
	many := fake{schemes: []string{"lora", "rslora"}, ranks: []int{4, 32}, seeds: 8, steps: 20}
	many.rates = []float64{1e-4, 1e-3}
	for _, runs := range [][]results.Run{sweep(), many.runs()} {
		tables, err := Tables(view(runs))
		if err != nil {
			t.Fatal(err)
		}
		check, _ := verdictTable(view(runs))
		for _, table := range append(tables, check) {
			for _, c := range table.Columns {
				for _, name := range c.Fields {
					if file := "tables/" + table.Name + ".csv"; !slices.Contains(explained[file], name) {
						t.Errorf("%s: %s is not explained", file, name)
					}
				}
			}
		}
	}
}
