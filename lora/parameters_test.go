package lora

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"ranksweep/checkpoint"
	"ranksweep/lora/peft/pefttest"
)

// TestParametersArePEFTs holds the counts to those that PEFT gives, which testdata/parameters.py writes: some
// grow in proportion to the rank, VeRA's and LoKr's hardly at all.
func TestParametersArePEFTs(t *testing.T) {
	checkParameters(t, "testdata")
	t.Run("made again", func(t *testing.T) {
		python, dir := pefttest.Python(t), t.TempDir()
		out, err := exec.CommandContext(t.Context(), python, "testdata/parameters.py", dir).CombinedOutput()
		if err != nil {
			t.Fatalf("testdata/parameters.py: %v\n%s", err, out)
		}
		checkParameters(t, dir)
	})
}

func checkParameters(t *testing.T, dir string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "parameters.json"))
	check(t, err)
	var counts map[string]map[int]int64 // by method and rank
	check(t, json.Unmarshal(text, &counts))
	c, err := checkpoint.Load("peft/testdata/llama3")
	check(t, err)
	for _, name := range []string{DefaultMethod, DoRAMethod, VeRAMethod, LoHaMethod, LoKrMethod, AdaLoRAMethod} {
		method, _ := MethodNamed(name)
		for _, rank := range []int{2, 8} {
			got, err := Parameters(method, c.Model, Config{
				Rank: rank, Gamma: 1, Init: Init{Kind: KaimingUniform}, Targets: []string{"all-linear"}, Tokens: 1,
				Budget: goldenBudget,
			})
			check(t, err)
			if want := counts[name][rank]; got != want {
				t.Errorf("%s trains %d parameters at rank %d, by PEFT %d", name, got, rank, want)
			}
		}
	}
}

// A run of full fine-tuning trains every weight of its maps.
func TestParametersOfFull(t *testing.T) {
	c, err := checkpoint.Load("peft/testdata/llama3")
	check(t, err)
	method, _ := MethodNamed(FullMethod)
	got, err := Parameters(method, c.Model, Config{Targets: []string{"all-linear"}, Tokens: 1})
	check(t, err)
	var want int64
	for _, l := range c.Model.Linears() {
		want += int64(len(l.Weight.Data))
	}
	if got != want {
		t.Errorf("%d parameters, the maps have %d weights", got, want)
	}
}
