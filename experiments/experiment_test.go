package experiments

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestLoad(t *testing.T) {
	file := filepath.Join(t.TempDir(), "mine.yaml")
	check(t, os.WriteFile(file, []byte(design), 0o666))
	for _, name := range []string{"quickstart", file} {
		e, err := Load(name)
		if err != nil || e.Name != "quickstart" {
			t.Errorf("%s: got %v, %v", name, e, err)
		}
	}
}

func TestLoadErrors(t *testing.T) {
	wrong := filepath.Join(t.TempDir(), "other.yaml")
	check(t, os.WriteFile(wrong, []byte("name: other\ngrid: {rank: 0}\n"), 0o666))
	for name, want := range map[string]string{
		"quikstart": `experiments: unknown experiment "quikstart": did you mean "quickstart"? known: ` +
			strings.Join(Names(), ", ") + `; to name a file of your own, write its .yaml too`,
		wrong:       "experiments: " + wrong + ":2: rank 0: must be at least 1",
		"mine.yaml": "experiments: experiment file: open mine.yaml: no such file or directory",
		"./other":   "experiments: experiment file: open ./other: no such file or directory",
		"../x/../y": "experiments: experiment file: open ../x/../y: no such file or directory",
	} {
		if _, err := Load(name); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

func ExampleExperiment_Configs() {
	e, err := Parse("mine.yaml", []byte(`
name: mine
question: Does LoRA at rank 4 learn like rsLoRA at rank 64?
data: notes.jsonl
train: {steps: 200}
grid: {rank: [4, 64], scaling: [lora, rslora]}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := e.Set("train.lr=1e-4", "rank=[4,8]"); err != nil {
		fmt.Println(err)
		return
	}
	points, err := e.Configs()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range points {
		fmt.Println(p, p.Config.Train.LR, p.Config.Train.Steps)
	}
	// Output:
	// rank=4 scaling=lora 0.0001 200
	// rank=4 scaling=rslora 0.0001 200
	// rank=8 scaling=lora 0.0001 200
	// rank=8 scaling=rslora 0.0001 200
}

// Another block has other seeds, of the grid, of what is left out and of tuning, and nothing else.
func TestUseBlock(t *testing.T) {
	load := func() *Experiment {
		e, err := Parse("x.yaml",
			[]byte("name: x\ndata: d\ngrid: {seed: [0, 7], rank: [4]}\nnuisance: {lr: [1, 2]}\ntune: {seed: [100]}\n"+
				"exclude: [{seed: 7, lr: 2}]\n"))
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	e := load()
	if err := e.UseBlock(2); err != nil {
		t.Fatal(err)
	}
	if got := e.seedAxis().Values; !slices.Equal(got, []any{uint64(2000), uint64(2007)}) ||
		!slices.Equal(e.Tune.Seeds, []uint64{2100}) {
		t.Errorf("block 2 has seeds %v and tunes on %v", got, e.Tune.Seeds)
	}
	if got := e.Exclude[0][0].Values; !slices.Equal(got, []any{uint64(2007)}) {
		t.Errorf("block 2 leaves out seed %v", got)
	}
	if err := e.UseBlock(1); err == nil || !strings.Contains(err.Error(), "seed 2000: must be below 1000") {
		t.Errorf("a seed beyond its block: %v", err)
	}
	e = load()
	if err := e.UseBlock(0); err != nil || !slices.Equal(e.Tune.Seeds, []uint64{100}) {
		t.Errorf("block 0 moves seeds: %v, %v", e.Tune.Seeds, err)
	}
}
