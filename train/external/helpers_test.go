package external

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ranksweep/experiments"
	"ranksweep/metrics"
	"ranksweep/train/local"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// goldens has tiny models of every architecture, with one token for each letter.
const goldens = "../../lora/peft/testdata"

// letters writes texts of different lengths, one a line of JSON.
func letters(t testing.TB) string {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	var lines strings.Builder
	for range 24 {
		var word strings.Builder
		for range 5 + rng.IntN(20) {
			word.WriteByte(byte('A' + rng.IntN(26)))
		}
		lines.WriteString(`{"prompt": "` + word.String()[:3] + `", "completion": "` + word.String()[3:] + "\"}\n")
	}
	path := filepath.Join(t.TempDir(), "letters.jsonl")
	check(t, os.WriteFile(path, []byte(lines.String()), 0o666))
	return path
}

// tinyConfig is a run of ten steps with everything measured.
func tinyConfig(t testing.TB, model string) experiments.Config {
	c := experiments.Defaults()
	c.Model, c.Data.Source = filepath.Join(goldens, model), letters(t)
	c.Data.Validation = 5
	c.Adapter.Rank, c.Adapter.Alpha = 4, 8
	c.Train.LR, c.Train.Steps, c.Train.Batch, c.Train.Accumulate, c.Train.Context = 1e-3, 10, 3, 2, 32
	c.Measure = experiments.Measure{Every: 1, EvalEvery: 4, ProbeEvery: 3, ModulesEvery: 5, Probe: 4}
	return c
}

func work(t testing.TB, c experiments.Config) local.Work {
	t.Helper()
	check(t, c.Validate())
	w, err := local.New(os.DirFS(t.TempDir())).Work(t.Context(), c)
	check(t, err)
	return w
}

func quietly(metrics.Point) {}
