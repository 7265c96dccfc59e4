package external

import (
	"os"
	"path/filepath"
	"testing"

	"ranksweep/experiments"
	"ranksweep/lora/peft/pefttest"
	"ranksweep/metrics"
	"ranksweep/results"
	"ranksweep/train/local"
	"ranksweep/train/resume"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// goldens has tiny models of every architecture, with one token for each letter.
const goldens = "../../lora/peft/testdata"

// tinyConfig is a run of ten steps with everything measured.
func tinyConfig(t testing.TB, model string) experiments.Config {
	c := experiments.Defaults()
	c.Model, c.Data.Source = filepath.Join(goldens, model), pefttest.Letters(t, 24)
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

// keeper keeps a checkpoint in a store of its own, and collects what it notes.
func keeper(t testing.TB, notes *[]string) *resume.Keeper {
	k := &resume.Keeper{
		Store: results.Open(t.TempDir()), Of: resume.Identity{Run: "0f3c"}, Bell: new(resume.Bell),
		Resume: func(int) {},
		Note:   func(text string) { *notes = append(*notes, text) },
	}
	k.Begin(t.Context())
	return k
}
