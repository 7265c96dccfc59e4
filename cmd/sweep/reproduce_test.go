package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ranksweep/results"
)

// The report judges what stores hold, and leaves open what was not run. It is
// the same again.
func TestReportOfStores(t *testing.T) {
	dir := workplace(t)
	store := filepath.Join("stores", "paper-fig2-3")
	complete(t, dir, store, "--set", "rank=[2,16]", "--set", "seed=[0,1]")
	t.Chdir(dir)
	report := func(to string) string {
		cmd := newReproduce()
		var out, said bytes.Buffer
		cmd.SetOut(&out)
		cmd.SetErr(&said)
		check(t, writeReport(cmd, "small", "stores", to))
		for _, want := range []string{" 1. ", "LoRA's gradients collapse", "not resolvable at this size"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("standard output lacks %q:\n%s", want, &out)
			}
		}
		text, err := os.ReadFile(filepath.Join(to, "REPRODUCTION.md"))
		check(t, err)
		return string(text)
	}
	text := report("one")
	for _, want := range []string{"`sweep reproduce --scale small` from 8 stored runs", "(experiment `theory`): It was not run.", "n = 2"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q:\n%s", want, text)
		}
	}
	for _, line := range strings.Split(text, "\n") {
		if _, path, ok := strings.Cut(line, "]("); ok && strings.HasPrefix(line, "![") {
			if _, err := os.Stat(filepath.Join("one", strings.TrimSuffix(path, ")"))); err != nil {
				t.Error(err)
			}
		}
	}
	study, err := results.ReadStudy(filepath.Join("one", "reproduction", "paper-fig2-3"))
	check(t, err)
	runs, _ := results.Open(store).Runs()
	if a := study.About; len(study.Runs) != 8 || a.Experiment != "killed" || a.YAML == "" || a.CPU == "" || a.Cores < 1 {
		t.Errorf("%d runs of %+v", len(study.Runs), a)
	}
	for i, r := range study.Runs {
		if d := results.Difference(withoutModules(r), withoutModules(runs[i])); d != "" {
			t.Errorf("run %d of the study: %s", i, d)
		}
	}
	if report("two") != text {
		t.Error("written again, the report is another")
	}
}

func withoutModules(r results.Run) results.Run {
	r.Modules = nil
	return r
}

func TestReproduceRefuses(t *testing.T) {
	for want, args := range map[string][]string{
		"no claim is judged by \"quickstart\": known are paper-fig2-3, ": {"reproduce", "quickstart"},
		"scale \"huge\": must be one of [\"full\" \"small\"]":            {"reproduce", "--scale", "huge"},
	} {
		var out, said bytes.Buffer
		if code := run(t.Context(), args, &out, &said); code != 2 || !strings.Contains(said.String(), want) {
			t.Errorf("%q: exit status %d, want 2 and %q:\n%s", args, code, want, &said)
		}
	}
}
