package main

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"ranksweep/lora/peft/pefttest"
)

// twoTrainers is an experiment of two schemes over ranks, which two trainers can train.
const twoTrainers = `name: killed
model: model
data: {source: sums.jsonl, validation: 6}
train: {lr: 1e-3, batch: 4, context: 32, steps: 10}
measure: {every: 1, eval_every: 5, probe_every: 5, modules_every: 5}
grid: {scaling: [lora, rslora], rank: [4, 16, 64], seed: [0, 1]}
`

var writtenNumber = regexp.MustCompile(`\d+(\.\d+)?(e-?\d+)?`)

// sameTables says in what the texts of tables differ; empty if the words are the same, and each
// number is, to one unit of its last digit.
func sameTables(a, b string) string {
	words := func(text string) string {
		text = strings.ReplaceAll(writtenNumber.ReplaceAllString(text, "#"), "─", "")
		return strings.Join(strings.Fields(text), " ")
	}
	if words(a) != words(b) {
		return "words differ:\n" + a + "\n" + b
	}
	numbers, others := writtenNumber.FindAllString(a, -1), writtenNumber.FindAllString(b, -1)
	for i, n := range numbers {
		x, unit := valueAndUnit(n)
		y, other := valueAndUnit(others[i])
		if math.Abs(x-y) > 1.001*max(unit, other) {
			return fmt.Sprintf("%s and %s", n, others[i])
		}
	}
	return ""
}

// valueAndUnit reads a number, and returns what one unit of its last digit is.
func valueAndUnit(text string) (value, unit float64) {
	value, _ = strconv.ParseFloat(text, 64)
	mantissa, exponent, _ := strings.Cut(text, "e")
	_, decimals, _ := strings.Cut(mantissa, ".")
	power, _ := strconv.Atoi(exponent)
	return value, math.Pow10(power - len(decimals))
}

func TestSameTables(t *testing.T) {
	const table = "rank 4: 0.031 ± 1.2e-05 agrees"
	for other, same := range map[string]bool{
		table: true, "rank 4:  0.032 ± 1.3e-05  agrees": true, "rank 4: 0.033 ± 1.2e-05 agrees": false,
		"rank 4: 0.031 ± 1.4e-05 agrees": false, "rank 4: 0.031 ± 1.2e-05 differs": false,
		"rank 4: -0.031 ± 1.2e-05 agrees": false,
	} {
		if d := sameTables(table, other); (d == "") != same {
			t.Errorf("%q: %q", other, d)
		}
	}
}

// TestTwoTrainersAgree: one experiment under two trainers gives two stores whose tables are the same
// to the last digit but one. In one store, its trainer an axis, nothing is trained again, and each
// figure names both.
func TestTwoTrainersAgree(t *testing.T) {
	t.Parallel()
	python := pefttest.Python(t)
	dir := workplace(t)
	check(t, os.WriteFile(filepath.Join(dir, "killed.yaml"), []byte(twoTrainers), 0o666))
	one := filepath.Join(dir, "one")
	tables := make(map[string]string)
	for _, trainer := range []string{"local", "peft"} {
		complete(t, dir, trainer, "--set", "trainer="+trainer, "--python", python)
		check(t, os.CopyFS(filepath.Join(one, "runs"), os.DirFS(filepath.Join(dir, trainer, "runs"))))
		c := exec.Command("sweep", "table", trainer)
		c.Dir = dir
		text, err := c.Output()
		check(t, err)
		tables[trainer] = string(text)
	}
	if d := sameTables(tables["local"], tables["peft"]); d != "" {
		t.Error(d)
	}
	c := command(dir, "one", "--set", "trainer=[local,peft]", "--python", python)
	check(t, c.Run())
	if said := fmt.Sprint(c.Stderr); !strings.Contains(said, "stored already: 24 of 24 runs") {
		t.Errorf("something is trained again:\n%s", said)
	}
	for _, figure := range []string{"onset", "gradient-norm", "loss", "differences"} {
		drawing, err := os.ReadFile(filepath.Join(one, "figures", figure+".svg"))
		check(t, err)
		for _, scheme := range []string{"LoRA", "rsLoRA"} {
			for _, trainer := range []string{"local", "peft"} {
				if name := scheme + ", trainer " + trainer + "<"; !strings.Contains(string(drawing), name) {
					t.Errorf("%s does not name %s", figure, name)
				}
			}
		}
	}
}
