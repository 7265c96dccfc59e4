package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ranksweep/grid"
	"ranksweep/results"
)

// completions are what a shell is offered for the last word.
func completions(t *testing.T, words ...string) string {
	t.Helper()
	var out, said bytes.Buffer
	if code := run(context.Background(), append([]string{"__complete"}, words...), &out, &said); code != 0 {
		t.Errorf("%q: exit status %d\n%s%s", words, code, &out, &said)
	}
	return "\n" + out.String()
}

func TestCompletion(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"run q", "quickstart\n"}, {"show q", "quickstart\n"}, {"run quickstart --set ran", "rank=\n"},
		{"check quickstart --set l", "lr=\n"}, {"plot x --y val", "val_loss\n"}, {"plot x --y bits", "bits_per_byte\n"},
		{"plot x --x wei", "weight_decay\n"}, {"plot x --lines sca", "scaling\n"}, {"plot x --panels o", "optimizer\n"},
		{"plot x --kind h", "heat\n"}, {"plot x --where ra", "rank\n"}, {"plot x on", "onset\n"},
		{"plot x --format p", "pdf\n"}, {"table x --format la", "latex\n"}, {"export x --format par", "parquet\n"},
	} {
		if got := completions(t, strings.Fields(c.args)...); !strings.Contains(got, "\n"+c.want) {
			t.Errorf("%s: %s", c.args, got)
		}
	}
}

// References of comparisons are the values on the axes of the stores that are named, but for seeds.
func TestCompletionOfReferences(t *testing.T) {
	dir := t.TempDir()
	g := grid.Grid{Runs: []grid.Planned{
		{ID: "a", Axes: []grid.Coordinate{{Name: "rank", Value: "4"}, {Name: "seed", Value: "0"}}},
		{ID: "b", Axes: []grid.Coordinate{{Name: "rank", Value: "64"}, {Name: "seed", Value: "0"}}},
		{ID: "c", Axes: []grid.Coordinate{{Name: "rank", Value: "64"}, {Name: "seed", Value: "1"}}},
	}}
	check(t, results.WriteGrid(g, dir))
	if got := completions(t, "table", dir, "--against", "r"); !strings.HasPrefix(got, "\nrank=4\nrank=64\n:") {
		t.Errorf("offered %s", got)
	}
	if got := completions(t, "table", dir, "--against", "rank=6"); !strings.HasPrefix(got, "\nrank=64\n:") {
		t.Errorf("offered %s", got)
	}
	if got := completions(t, "table", dir, "--against", "s"); !strings.HasPrefix(got, "\n:") {
		t.Errorf("offered %s", got)
	}
}

// Stores and IDs of runs are offered where they are asked for, and nowhere else.
func TestCompletionOfStores(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, file := range []string{
		"runs/one/experiment.yaml", "runs/one/runs/0f3c/run.json", "runs/one/runs/0a00/run.json", "runs/none/x",
		"elsewhere/two/experiment.yaml",
	} {
		check(t, os.MkdirAll(filepath.Dir(file), 0o777))
		check(t, os.WriteFile(file, nil, 0o666))
	}
	for _, c := range []struct {
		words       []string
		want, never string
	}{
		{[]string{"table", ""}, "\nruns/one\n", "runs/none"},
		{[]string{"status", "ru"}, "\nruns/one\n", "runs/none"},
		{[]string{"table", "runs/one", "elsewhere/"}, "\nelsewhere/two\n", "runs/one"},
		{[]string{"status", "runs/one", ""}, "\n", "runs/one"},
		{[]string{"verify", "runs/one", "0f"}, "\n0f3c\n", "0a00"},
		{[]string{"export", "runs/one", "0f3c", "0"}, "\n0a00\n", "runs/one"},
		{[]string{"plot", "runs/one", "l"}, "\nloss\n", "0f3c"},
		{[]string{"export", "nowhere", "0"}, "\n", "0a00"},
	} {
		got := completions(t, c.words...)
		if !strings.Contains(got, c.want) || strings.Contains(got, c.never) {
			t.Errorf("%q: %s", c.words, got)
		}
	}
}
