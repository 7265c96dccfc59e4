package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ranksweep/results"
)

// TestAnotherInputIsNamed: of two texts, the one that is another now is told by the hash that it had.
func TestAnotherInputIsNamed(t *testing.T) {
	dir := workplace(t)
	sums, err := os.ReadFile(filepath.Join(dir, "sums.jsonl"))
	check(t, err)
	second := filepath.Join(dir, "second.jsonl")
	check(t, os.WriteFile(second, sums[:bytes.LastIndexByte(sums[:len(sums)-1], '\n')+1], 0o666))
	args := []string{"--set", "data=[sums.jsonl, second.jsonl]", "--set", "rank=2", "--set", "scaling=lora",
		"--set", "seed=0"}
	complete(t, dir, "store", args...)
	runs, problems := results.Open(filepath.Join(dir, "store")).Runs()
	if len(runs) != 2 || len(problems) > 0 {
		t.Fatalf("%d runs, problems %v", len(runs), problems)
	}
	had := ""
	for _, r := range runs {
		if strings.Contains(string(r.Config), "second.jsonl") {
			had = r.Provenance.DataHash
		}
	}
	check(t, os.WriteFile(second, sums[bytes.IndexByte(sums, '\n')+1:], 0o666))
	c := command(dir, "store", args...)
	check(t, c.Run())
	if said := c.Stderr.(*bytes.Buffer).String(); !strings.Contains(said, ", and had "+had) {
		t.Errorf("the data had the hash %s: %s", had, said)
	}
}

// TestAChangedFieldIsNoOtherInput: where a field of the experiment has changed, it is told, and the model and the
// data are not blamed for it; nor is the grid of before what other processes must share.
func TestAChangedFieldIsNoOtherInput(t *testing.T) {
	dir := workplace(t)
	args := []string{"--set", "rank=2", "--set", "scaling=lora", "--set", "seed=0"}
	complete(t, dir, "store", append(args, "--set", "steps=1")...)
	for _, more := range [][]string{{"--set", "steps=2"}, {"--set", "steps=3", "--shard", "1/1"}} {
		c := command(dir, "store", append(args, more...)...)
		err := c.Run()
		said := c.Stderr.(*bytes.Buffer).String()
		if err != nil || !strings.Contains(said, "it had steps: ") || strings.Contains(said, "was planned as") {
			t.Errorf("%v: %v: %s", more, err, said)
		}
	}
}
