package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ranksweep/experiments"
	"ranksweep/paper"
	"ranksweep/results"
	"ranksweep/sweep/sweeptest"
	"ranksweep/train"
)

// onLarger is a reproduction on the larger model, whose files are at made-up paths.
func onLarger(t *testing.T, set ...string) reproduction {
	t.Helper()
	dir := t.TempDir()
	r := reproduction{scale: "small", out: filepath.Join(dir, "stores"), report: filepath.Join(dir, "report"),
		larger: larger{model: "/somewhere/m.gguf"}}
	check(t, r.larger.put(set))
	return r
}

// resolvesTo is a trainer whose model and data have these hashes.
func resolvesTo(model, data string) train.Trainers {
	return train.Trainers{sweeptest.Resolver{Material: train.Material{ModelHash: model, DataHash: data, Cost: 1}}}
}

// The model and the data must be those that the study was fixed with. Otherwise the error names
// the flag, the hash and the one that it must be.
func TestLargerModelIsTheOneThatWasFixed(t *testing.T) {
	for _, name := range paper.LargerStudied() {
		fixed := paper.GridOf(name)
		r := onLarger(t, "data=/elsewhere/train.jsonl")
		s, err := r.study(context.Background(), name, resolvesTo(fixed.Model, fixed.Data))
		check(t, err)
		if s.other || len(s.plan.Jobs) == 0 {
			t.Errorf("%s: %d runs, on other data %t", name, len(s.plan.Jobs), s.other)
		}
		for _, j := range s.plan.Jobs {
			if c := j.Config; c.Model != "SmolLM2-135M-Instruct.Q4_1.gguf" || c.Data.Source != "gsm8k/train.jsonl" {
				t.Errorf("%s: model %s and data %s in a config", name, c.Model, c.Data.Source)
			}
		}
		_, err = r.study(context.Background(), name, resolvesTo("m", fixed.Data))
		if err == nil ||
			!strings.Contains(err.Error(), "--model /somewhere/m.gguf: its hash is m: must be "+fixed.Model) {
			t.Errorf("another model: %v", err)
		}
		_, err = r.study(context.Background(), name, resolvesTo(fixed.Model, "d"))
		if err == nil || !strings.Contains(err.Error(), "--set data=/elsewhere/train.jsonl: its hash is d: must be "+
			fixed.Data) {
			t.Errorf("other data: %v", err)
		}
	}
}

// Without data of their own, studies are of Go functions. Their files do not say that the grid
// was the one that was fixed.
func TestLargerModelOnGoText(t *testing.T) {
	const name = "theory-135m"
	s, err := onLarger(t).study(context.Background(), name, resolvesTo(paper.GridOf(name).Model, "go"))
	check(t, err)
	if got := s.plan.Jobs[0].Config.Data.Source; got != goText || !s.other {
		t.Errorf("data %s, on other data %t", got, s.other)
	}
	runs, g := madeUp(2, 0)
	for other, want := range map[bool]string{true: "", false: paper.GridOf(name).Grid} {
		s.store, s.other = t.TempDir(), other
		for _, r := range runs {
			check(t, results.Open(s.store).Put(r))
		}
		check(t, results.WriteGrid(g, s.store))
		text, err := s.plan.Experiment.Resolved()
		check(t, err)
		check(t, os.WriteFile(filepath.Join(s.store, "experiment.yaml"), text, 0o666))
		check(t, s.write(quiet()))
		about, err := results.ReadAbout(s.folder)
		check(t, err)
		if about.Asked != want {
			t.Errorf("on other data %t the grid is %q, want %q", other, about.Asked, want)
		}
	}
}

// The trainer finds the model and the data where the flags say. Their hashes do not depend on it.
func TestLargerModelIsFoundByItsPath(t *testing.T) {
	dir := t.TempDir()
	l := larger{model: filepath.Join(dir, "m"), data: filepath.Join(dir, "t.jsonl")}
	check(t, writeModel(l.model, 1))
	const pairs = "{\"question\": \"1+1?\", \"answer\": \"2\"}\n{\"question\": \"1+2?\", \"answer\": \"3\"}\n"
	check(t, os.WriteFile(l.data, []byte(pairs), 0o666))
	e, err := experiments.Load("theory-135m")
	check(t, err)
	points, err := e.Configs()
	check(t, err)
	m, err := l.trainer(quiet()).Resolve(context.Background(), points[0].Config)
	check(t, err)
	moved := larger{model: filepath.Join(dir, "moved"), data: filepath.Join(dir, "moved.jsonl")}
	check(t, os.Rename(l.model, moved.model))
	check(t, os.Rename(l.data, moved.data))
	again, err := moved.trainer(quiet()).Resolve(context.Background(), points[0].Config)
	check(t, err)
	if m.ModelHash == "" || m.DataHash == "" || again.ModelHash != m.ModelHash || again.DataHash != m.DataHash {
		t.Errorf("%+v, and where it was moved %+v", m, again)
	}
}
