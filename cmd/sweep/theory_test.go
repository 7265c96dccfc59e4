package main

import (
	"encoding/csv"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"ranksweep/lora/peft/pefttest"
)

// TestTheoryUnderPEFT: the powers of rank that trainer peft measures at the onset and at the first
// steps are within 0.03 of theory's at these ranks, under SGD and under AdamW.
func TestTheoryUnderPEFT(t *testing.T) {
	if !*long {
		t.Skip("trains 240 runs, for minutes: -long runs it")
	}
	t.Parallel()
	dir := t.TempDir()
	c := exec.Command("sweep", "run", "theory", "--out", "out", "--set", "trainer=peft", "--python", pefttest.Python(t),
		"--set", "scaling=[rslora,lora]", "--set", "rank=[4,16,64]",
		"--set", "seed=[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19]")
	c.Dir = dir
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	largest := make(map[string]float64)
	for _, row := range exponentsIn(t, filepath.Join(dir, "out")) {
		theory := row["exact"]
		if theory == "" {
			theory = row["predicted"]
		}
		if theory == "" {
			continue // theory says nothing of it
		}
		fitted, fittedErr := strconv.ParseFloat(row["exponent"], 64)
		expected, err := strconv.ParseFloat(theory, 64)
		check(t, err)
		check(t, fittedErr)
		apart := math.Abs(fitted - expected)
		if largest[row["optimizer"]] = max(largest[row["optimizer"]], apart); !(apart <= 0.03) || row["seeds"] != "20" {
			t.Errorf("%s, %s: %s grows with power %g of rank, theory %g, of %s seeds", row["optimizer"], row["scheme"],
				row["quantity"], fitted, expected, row["seeds"])
		}
	}
	if len(largest) != 2 {
		t.Errorf("theory predicts something under %d optimizers, want 2", len(largest))
	}
	t.Logf("largest distances from theory: %v", largest)
}

// exponentsIn returns the fitted powers of rank of a store, each by the names of columns.
func exponentsIn(t *testing.T, store string) (all []map[string]string) {
	t.Helper()
	f, err := os.Open(filepath.Join(store, "tables/exponents.csv"))
	check(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	check(t, err)
	for _, row := range rows[1:] {
		named := make(map[string]string)
		for i, name := range rows[0] {
			named[name] = row[i]
		}
		all = append(all, named)
	}
	return all
}
