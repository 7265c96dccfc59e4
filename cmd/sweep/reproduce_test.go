package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"ranksweep/experiments"
	"ranksweep/grid"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/nn/kernel"
	"ranksweep/paper"
	"ranksweep/results"
	"ranksweep/sweep"
	"ranksweep/sweep/sweeptest"
	"ranksweep/train"
)

// onsetClaim is the text of the first claim, which the made-up study answers.
const onsetClaim = "At the onset, LoRA's gradient norm falls as 1/√r and rsLoRA's is free of rank"

// madeUp returns a study of the paper's figures 2 and 3 with the gradient norms of theory, at
// two ranks and for the given number of seeds, some of which may be left out at the beginning.
func madeUp(seeds, without int) (runs []results.Run, g grid.Grid) {
	for _, scheme := range []string{"lora", "rslora"} {
		p := map[string]float64{"lora": 1, "rslora": 0.5}[scheme]
		for _, rank := range []int{4, 2048} {
			for seed := range seeds {
				cell := fmt.Sprintf("%s-%d", scheme, rank)
				r := results.Run{
					ID: fmt.Sprintf("%s-%d", cell, seed), Cell: cell, TwinID: cell, Experiment: "paper-fig2-3",
					Scheme: scheme, Powers: lora.Scheme{P: p}, Rank: rank, Alpha: 16,
					Gamma: 16 / math.Pow(float64(rank), p),
					Seed:  uint64(seed), Optimizer: "adamw", LR: 5e-5, Status: results.Done, Steps: 2, Flops: 1e12,
					FactoredFlops: 2e12, Bytes: 1 << 20,
					Axes: []grid.Coordinate{{Name: "rank", Value: fmt.Sprint(rank)},
						{Name: "scaling", Value: scheme}, {Name: "seed", Value: fmt.Sprint(seed)}},
					Config: []byte(`{"data":{"validation":8},"train":{"batch":2,"context":64,"steps":2}}`),
					Provenance: results.Provenance{Numerics: 1, ModelHash: "m", DataHash: "d", Program: "v1",
						Go: "go", Kernel: kernel.Name()},
					Timing: results.Timing{Started: time.Date(2026, 1, 2, 3, 4, seed, 0, time.UTC), Seconds: 1.5},
				}
				for step := range 3 {
					v := metrics.NoValues()
					v[metrics.TrainLoss], v[metrics.ValLoss] = 3-0.1*float64(step), 3-0.1*float64(step)
					// a power that differs between seeds; its mean is theory's
					v[metrics.GradNorm] = math.Pow(float64(rank)/4, 0.5-p+1e-3*float64(2*seed-seeds+1))
					v[metrics.AdapterOutput] = v[metrics.GradNorm]
					r.Curve = append(r.Curve, metrics.Point{Step: step, Tokens: int64(step), Values: v})
				}
				g.Runs = append(g.Runs, grid.Planned{ID: r.ID, Axes: r.Axes})
				if seed >= without {
					runs = append(runs, r)
				}
			}
		}
	}
	return runs, g
}

// putStudy stores runs, as sweep run does, and writes the files of their study beside a
// report.
func putStudy(t *testing.T, report string, runs []results.Run, g grid.Grid, rules map[string]string, block int) {
	t.Helper()
	store := filepath.Join(t.TempDir(), "store")
	for _, r := range runs {
		check(t, results.Open(store).Put(r))
	}
	check(t, results.WriteGrid(g, store))
	e, err := experiments.Load("paper-fig2-3")
	check(t, err)
	text, err := e.Resolved()
	check(t, err)
	check(t, os.WriteFile(filepath.Join(store, "experiment.yaml"), text, 0o666))
	s := study{name: "paper-fig2-3", store: store, folder: reproduction{report: report}.folder("paper-fig2-3"),
		rules: rules, block: block}
	check(t, s.write(quiet()))
}

// quiet is a command that prints nothing.
func quiet() *cobra.Command {
	cmd := newReproduce()
	cmd.SetOut(new(bytes.Buffer))
	cmd.SetErr(new(bytes.Buffer))
	return cmd
}

// assembled runs sweep reproduce --assemble and returns the page and what was printed.
func assembled(t *testing.T, report string) (page, printed string) {
	t.Helper()
	var out, said bytes.Buffer
	if code := run(t.Context(), []string{"reproduce", "--assemble", "--report", report}, &out, &said); code != 0 {
		t.Fatalf("exit status %d\n%s", code, &said)
	}
	text, err := os.ReadFile(filepath.Join(report, "REPRODUCTION.md"))
	check(t, err)
	return string(text), out.String()
}

// The report follows from the studies' files alone. Assembled twice, it has the same bytes,
// with a standing for each claim and with all the figures that it shows.
func TestReproduceAssembles(t *testing.T) {
	report := t.TempDir()
	runs, g := madeUp(9, 0)
	putStudy(t, report, runs, g, paper.Rules("paper-fig2-3"), 4)
	page, printed := assembled(t, report)
	first := " 1. seen                        " + onsetClaim + " (adamw; "
	if !strings.HasPrefix(printed, first) || 2*strings.Count(printed, ". not run ") < strings.Count(printed, "\n") {
		t.Errorf("printed\n%s", printed)
	}
	asked, err := experiments.Fingerprint("paper-fig2-3")
	check(t, err)
	for _, want := range []string{
		"# Reproduction\n\n`sweep reproduce --scale full` wrote this page from the files in reproduction/",
		": 36 runs, including those made only to tune others, but not the timings of the study inference.",
		"| 1. " + onsetClaim +
			" (adamw; learning rate 5e-5; 2 steps of up to 2 × 64 tokens; ranks 4 and 2048; n = 9) | ",
		"\n**Standing: seen**\n", "\n**Standing: not run**\n",
		"| paper-fig2-3 | 2026-01-02 | 36 of 36 | 0.01 | ", "| " + kernel.Name() + " | v1 | 4 | " + asked + " |\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page[:min(len(page), 6000)])
		}
	}
	figures := 0
	for line := range strings.Lines(page) {
		if _, path, ok := strings.Cut(line, "]("); ok && strings.HasPrefix(line, "![") {
			figures++
			if _, err := os.Stat(filepath.Join(report, strings.TrimSuffix(path, ")\n"))); err != nil {
				t.Error(err)
			}
		}
	}
	if figures < 2 {
		t.Errorf("%d figures", figures)
	}
	history, err := paper.ReadHistory(filepath.Join(report, "reproduction", historyFile))
	check(t, err)
	if len(history) != len(paper.Rules("paper-fig2-3")) || history[0].Standing != paper.Seen ||
		history[0].Date != "2026-01-02" {
		t.Errorf("history %+v", history)
	}
	before := files(t, report)
	assembled(t, report)
	compare(t, files(t, report), before)
}

// If runs are missing, or a rule was changed after they were made, the page says so, and the
// history has no entry for it.
func TestReproduceAssemblesWhatItCannotJudge(t *testing.T) {
	report := t.TempDir()
	runs, g := madeUp(9, 3)
	putStudy(t, report, runs, g, paper.Rules("paper-fig2-3"), 1)
	page, printed := assembled(t, report)
	if !strings.HasPrefix(printed, " 1. partial: 24 of 36 runs      "+onsetClaim) ||
		!strings.Contains(page, "\n**Standing: partial: 24 of 36 runs**\n") {
		t.Errorf("printed\n%s", printed)
	}
	rules := paper.Rules("paper-fig2-3")
	rules["onset-collapse"] = "0123456789ab"
	runs, g = madeUp(9, 0)
	putStudy(t, report, runs, g, rules, 1)
	page, printed = assembled(t, report)
	if !strings.HasPrefix(printed, " 1. not resolvable at this size "+onsetClaim) ||
		!strings.Contains(page, "By the new rule it would be *seen*, but that needs runs on seeds") {
		t.Errorf("printed\n%s%s", printed, page)
	}
	history, err := paper.ReadHistory(filepath.Join(report, "reproduction", historyFile))
	check(t, err)
	late := func(j paper.Judgement) bool { return j.Claim == "onset-collapse" }
	if len(history) != len(rules)-1 || slices.ContainsFunc(history, late) {
		t.Errorf("history %+v", history)
	}
}

// A failed run counts as missing. No files are written of a store with a failed run.
func TestReproduceOfFailedRuns(t *testing.T) {
	runs, g := madeUp(9, 0)
	runs[5].Status, runs[5].Reason, runs[5].Curve = results.Failed, "out of memory", nil
	report := t.TempDir()
	check(t, results.WriteStudy(reproduction{report: report}.folder("paper-fig2-3"), results.StudyFiles{
		About: results.About{Experiment: "paper-fig2-3", Rules: paper.Rules("paper-fig2-3")}, Runs: runs, Grid: g,
	}, nil))
	if _, printed := assembled(t, report); !strings.HasPrefix(printed, " 1. partial: 35 of 36 runs ") {
		t.Errorf("printed\n%s", printed)
	}
	store := t.TempDir()
	for _, r := range runs {
		check(t, results.Open(store).Put(r))
	}
	check(t, results.WriteGrid(g, store))
	s := study{name: "paper-fig2-3", store: store, folder: filepath.Join(t.TempDir(), "files")}
	if err := s.write(quiet()); err == nil || !strings.Contains(err.Error(), "out of memory") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(s.folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("files were written: %v", err)
	}
}

// The times of a merged model are a study too, with its machine and its date.
func TestReproduceAssemblesInference(t *testing.T) {
	report := t.TempDir()
	folder := reproduction{report: report}.folder(paper.InferenceStudy)
	var timings []results.Inference
	for round := range 5 {
		timings = append(timings,
			results.Inference{Placement: results.Base, Round: round, Seconds: 1},
			results.Inference{Placement: results.Merged, Rank: 8, Round: round, Seconds: 1 + 0.001*float64(round)},
			results.Inference{Placement: results.Attached, Rank: 8, Round: round, Seconds: 2})
	}
	check(t, results.WriteInference(timings, filepath.Join(folder, inferenceFile)))
	var out, said bytes.Buffer
	if code := run(t.Context(), []string{"reproduce", "--assemble", "--report", report}, &out, &said); code != 1 ||
		!strings.Contains(said.String(), "study.json") {
		t.Errorf("without study.json: exit status %d\n%s", code, &said)
	}
	about := results.About{Experiment: paper.InferenceStudy, CPU: "a CPU", Rules: paper.Rules(paper.InferenceStudy)}
	check(t, results.WriteAbout(folder, about))
	if code := run(t.Context(), []string{"reproduce", "--assemble", "--report", report}, &out, &said); code != 1 ||
		!strings.Contains(said.String(), "study.json has no date of the timing") {
		t.Errorf("without a time: exit status %d\n%s", code, &said)
	}
	about.Timed = &results.Timed{Kernel: "avx2", Program: "v1", On: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	check(t, results.WriteAbout(folder, about))
	page, printed := assembled(t, report)
	const merged = ". seen                        A merged adapter does not slow the scoring of one batch down"
	if !strings.Contains(printed, merged) ||
		!strings.Contains(page, "| inference | 2026-01-02 | 15 of 15 | 0.01 | a CPU | avx2 | v1 | 0 |\n") {
		t.Errorf("%s%s", printed, page)
	}
	before := files(t, report)
	assembled(t, report)
	compare(t, files(t, report), before)
}

// A damaged file is named, and no report is written.
func TestReproduceOfDamagedFiles(t *testing.T) {
	report := t.TempDir()
	runs, g := madeUp(2, 0)
	putStudy(t, report, runs, g, nil, 1)
	folder := reproduction{report: report}.folder("paper-fig2-3")
	for _, file := range []string{
		filepath.Join(folder, "study.json"), filepath.Join(report, "reproduction", historyFile),
		filepath.Join(folder, "runs.csv.gz"),
	} {
		was, _ := os.ReadFile(file) // the file may be missing
		check(t, os.WriteFile(file, []byte("{damaged"), 0o666))
		var out, said bytes.Buffer
		code := run(t.Context(), []string{"reproduce", "--assemble", "--report", report}, &out, &said)
		if code != 1 || !strings.Contains(said.String(), filepath.Base(file)) {
			t.Errorf("%s: exit status %d\n%s", file, code, &said)
		}
		if _, err := os.Stat(filepath.Join(report, "REPRODUCTION.md")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: a report: %v", file, err)
		}
		check(t, os.WriteFile(file, was, 0o666))
		if was == nil {
			check(t, os.Remove(file))
		}
	}
}

func TestReproduceRefuses(t *testing.T) {
	t.Chdir(t.TempDir()) // it must stay empty
	for want, args := range map[string][]string{
		"unknown study \"quickstart\": known: paper-fig2-3, ":             {"--only", "tuned,quickstart"},
		"--assemble and --only exclude each other: remove one of the two": {"--assemble", "--only", "tuned"},
		"unknown scale \"huge\": known: full, small":                      {"--scale", "huge"},
		"\"tuned\"":                                    {"tuned"},
		"unknown flag: --studies":                      {"--studies", "tuned"},
		"; with --model PATH: onset-135m, ":            {"--only", "theory-135m"},
		"unknown study \"tuned\": known: onset-135m, ": {"--model", "m.gguf", "--only", "tuned"},
		"--assemble and --model exclude each other: remove one of the two": {
			"--assemble", "--model", "m.gguf"},
		"--set data=d: only the studies on a larger model take it: add --model PATH": {"--set", "data=d"},
		"--set steps=4: must be data=PATH, since all else in a study is fixed before": {"--model", "m.gguf", "--set",
			"steps=4"},
		"--set data=: must be data=PATH": {"--model", "m.gguf", "--set", "data="},
		"--set data=a and --set data=b: must be one, data=": {
			"--model", "m.gguf", "--set", "data=a", "--set", "data=b"},
	} {
		var out, said bytes.Buffer
		if code := run(t.Context(), append([]string{"reproduce"}, args...), &out, &said); code != usageStatus ||
			!strings.Contains(said.String(), want) {
			t.Errorf("%q: exit status %d, want 64 and %q:\n%s", args, code, want, &said)
		}
	}
	var out, said bytes.Buffer
	run(t.Context(), []string{"reproduce", "--only", "none"}, &out, &said)
	for _, name := range append(paper.Studied(), paper.InferenceStudy) {
		if !strings.Contains(said.String(), name) {
			t.Errorf("%s is not among those that are known: %s", name, &said)
		}
	}
	if entries, _ := os.ReadDir("."); len(entries) > 0 {
		t.Errorf("refused, it made %v", entries)
	}
}

// resolver is a trainer that resolves configs and trains none.
var resolver = train.Trainers{sweeptest.Resolver{Material: train.Material{
	ModelHash: "m", DataHash: "d", Numerics: 1, Cost: 1e9, Bytes: 1,
}}}

// A study keeps its block of seeds while the rules are those under which it began. Otherwise
// it moves to a block that no rule has seen.
func TestReproduceReservesSeeds(t *testing.T) {
	const name, first = "paper-fig2-3", firstBlock
	now := paper.Rules(name)
	old := maps.Clone(now)
	old["onset-collapse"] = "0123456789ab"
	fewer := maps.Clone(now)
	delete(fewer, "activations")
	for _, c := range []struct {
		name      string
		committed map[string]string         // rules of the finished study; nil if there is none
		block     int                       // block of the finished study
		begun     map[int]map[string]string // rules of the stores that were begun, by block
		want      int
	}{
		{"nothing is there", nil, 0, nil, first},
		{"a study of today's rules", now, first, nil, first},
		{"a later one", now, first + 4, nil, first + 4},
		{"a study of other rules", old, first, nil, first + 1},
		{"a study of a claim less", fewer, first + 2, nil, first + 3},
		{"a study from before rules were", map[string]string{}, 0, nil, first},
		{"a store of today's rules", nil, 0, map[int]map[string]string{first: now}, first},
		{"a store of other rules", nil, 0, map[int]map[string]string{first: old}, first + 1},
		{"two stores of other rules", nil, 0, map[int]map[string]string{first: old, first + 1: fewer}, first + 2},
		{"a store of other rules, and one of today's", nil, 0, map[int]map[string]string{first: old, first + 1: now},
			first + 1},
		{"a study of other rules, and a store of others still", old, first,
			map[int]map[string]string{first: old, first + 1: fewer}, first + 2},
		{"a study of today's rules, and an earlier store of others", now, first + 1,
			map[int]map[string]string{first: old, first + 1: now}, first + 1},
	} {
		dir := t.TempDir()
		r := reproduction{scale: "small", out: filepath.Join(dir, "stores"), report: filepath.Join(dir, "report")}
		if c.committed != nil {
			check(t, results.WriteAbout(r.folder(name),
				results.About{Experiment: name, Rules: c.committed, Block: c.block}))
		}
		for block, rules := range c.begun {
			s := study{store: filepath.Join(r.out, r.scale, fmt.Sprintf("%s-%d", name, block)), rules: rules}
			check(t, s.writeRules())
		}
		s, err := r.study(context.Background(), name, resolver)
		check(t, err)
		if s.block != c.want || filepath.Base(s.store) != fmt.Sprintf("%s-%d", name, c.want) ||
			!maps.Equal(s.rules, now) {
			t.Errorf("%s: block %d in %s, want %d", c.name, s.block, s.store, c.want)
		}
		for _, j := range s.plan.Jobs {
			if j.Config.Seed/1000 != uint64(c.want) {
				t.Errorf("%s: seed %d in block %d", c.name, j.Config.Seed, c.want)
				break
			}
		}
	}
}

// planned is a reproduction in an empty folder, and its plan of a study on the first block of seeds.
func planned(t *testing.T, name string) (reproduction, *sweep.Plan) {
	dir := t.TempDir()
	r := reproduction{scale: "small", out: filepath.Join(dir, "stores"), report: filepath.Join(dir, "report")}
	p, err := r.plan(context.Background(), name, firstBlock, resolver)
	check(t, err)
	return r, p
}

// An experiment whose runs have changed since the study gets new seeds.
func TestReproduceOfAnotherGrid(t *testing.T) {
	const name = "paper-fig2-3"
	r, p := planned(t, name)
	about := results.About{Experiment: name, Rules: paper.Rules(name), Block: firstBlock}
	for want, g := range map[int]grid.Grid{
		firstBlock:     p.Grid(),
		firstBlock + 1: {Runs: p.Grid().Runs[1:]},
	} {
		check(t, results.WriteStudy(r.folder(name), results.StudyFiles{About: about, Grid: g}, nil))
		s, err := r.study(context.Background(), name, resolver)
		check(t, err)
		if s.block != want {
			t.Errorf("a study of %d of %d runs: block %d, want %d", len(g.Runs), len(p.Grid().Runs), s.block, want)
		}
	}
}

// A change that no run of the tuning shows, as of the number of local rates, is seen by the
// fingerprint. A study with local grids and without a fingerprint gets new seeds.
func TestReproduceOfAnotherLocalGrid(t *testing.T) {
	const name = "equal-cost"
	r, p := planned(t, name)
	now, err := experiments.Fingerprint(name)
	check(t, err)
	for asked, want := range map[string]int{now: firstBlock, "0123456789ab": firstBlock + 1, "": firstBlock + 1} {
		about := results.About{Experiment: name, Rules: paper.Rules(name), Block: firstBlock, Asked: asked}
		check(t, results.WriteStudy(r.folder(name), results.StudyFiles{About: about, Grid: p.Grid()}, nil))
		s, err := r.study(context.Background(), name, resolver)
		check(t, err)
		if s.block != want {
			t.Errorf("a study with the fingerprint %q: block %d, want %d", asked, s.block, want)
		}
	}
}

// If the file of the rules under which a study began cannot be read, the study is refused.
func TestReproduceNeedsItsRules(t *testing.T) {
	dir := t.TempDir()
	r := reproduction{scale: "small", out: dir, report: dir}
	store := filepath.Join(dir, "small", fmt.Sprintf("theory-%d", firstBlock))
	check(t, os.MkdirAll(store, 0o777))
	check(t, os.WriteFile(filepath.Join(store, rulesFile), []byte("{"), 0o666))
	if _, err := r.study(context.Background(), "theory", resolver); err == nil ||
		!strings.Contains(err.Error(), filepath.Join(store, rulesFile)) {
		t.Errorf("got %v", err)
	}
	check(t, os.MkdirAll(r.folder("theory"), 0o777))
	check(t, os.WriteFile(filepath.Join(r.folder("theory"), "study.json"), []byte("{"), 0o666))
	_, err := r.study(context.Background(), "theory", resolver)
	if err == nil || !strings.Contains(err.Error(), "study.json") {
		t.Errorf("got %v", err)
	}
}

// A study uses one kernel. A store with runs by another kernel is refused by name, and nothing
// in it changes.
func TestReproduceRefusesAnotherKernel(t *testing.T) {
	dir := t.TempDir()
	r := reproduction{scale: "small", out: filepath.Join(dir, "stores"), report: filepath.Join(dir, "report")}
	s, err := r.study(context.Background(), "paper-fig2-3", resolver)
	check(t, err)
	runs, _ := madeUp(1, 0)
	check(t, results.Open(s.store).Put(runs[0]))
	check(t, s.oneKernel())
	runs[1].Provenance.Kernel = "abacus"
	check(t, results.Open(s.store).Put(runs[1]))
	before := files(t, s.store)
	err = s.train(quiet(), resolver)
	if err == nil {
		t.Fatal("a store of two kernels is not refused")
	}
	for _, want := range []string{s.store, runs[1].ID, "kernel abacus", kernel.Name(), kernel.Variable + "=abacus"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v: lacks %q", err, want)
		}
	}
	compare(t, files(t, s.store), before)
}

// The command prints how long a study takes before it begins.
func TestReproduceTellsDuration(t *testing.T) {
	for seconds, want := range map[float64]string{
		5: "1 minute", 61: "2 minutes", 89 * 60: "89 minutes", 2 * 3600: "2.0 hours",
	} {
		if got := lasting(seconds); got != want {
			t.Errorf("%g s: %s, want %s", seconds, got, want)
		}
	}
	dir := t.TempDir()
	r := reproduction{scale: "small", out: dir, report: dir}
	s, err := r.study(context.Background(), "tuned", resolver)
	check(t, err)
	cmd := newReproduce()
	var said bytes.Buffer
	cmd.SetErr(&said)
	tellDuration(cmd, []study{s})
	runs := len(s.plan.Jobs) + len(s.plan.Follow)
	if !strings.HasPrefix(said.String(), fmt.Sprintf("tuned            %5d runs, ", runs)) ||
		!strings.Contains(said.String(), "\n1 study: about ") {
		t.Errorf("said %s", &said)
	}
	said.Reset()
	// A core that made the whole study in 80 minutes lets all cores make it in a part of that.
	s.pace, s.paceOn = (sweep.Cost(s.plan.Jobs)+sweep.Cost(s.plan.Follow))/4800, "a slow CPU"
	tellDuration(cmd, []study{s})
	want := "about " + lasting(4800/float64(runtime.GOMAXPROCS(0)))
	if got := said.String(); strings.Count(got, want) != 2 || !strings.Contains(got, want+", as last time\n") ||
		!strings.HasSuffix(got, "last time: on a slow CPU\n") {
		t.Errorf("said %s", got)
	}
}

// TestPace: runs count by what they cost, and not each as much.
func TestPace(t *testing.T) {
	runs := []results.Run{
		{Flops: 6, Timing: results.Timing{Seconds: 1}},
		{Flops: 2, Timing: results.Timing{Seconds: 3}},
	}
	if got := paceOf(runs); got != 2 {
		t.Errorf("got %g, want 2", got)
	}
	if got := paceOf(nil); got != 0 {
		t.Errorf("no runs: got %g, want 0", got)
	}
}

// The committed report is what the program makes of the committed studies and of what was judged before,
// to the byte: the page, its figures and the history, without figures that the page does not show.
func TestCommittedReport(t *testing.T) {
	const committed = "../.."
	studies, err := filepath.Glob(filepath.Join(committed, "reproduction", "*", "study.json"))
	check(t, err)
	if len(studies) == 0 {
		t.Skip("reproduction has no study.json: no study was run under fixed rules yet, and there is no " +
			"report to hold the program to")
	}
	report := t.TempDir()
	beside := reproduction{report: report}.beside()
	for _, file := range studies {
		folder := filepath.Dir(file)
		check(t, os.CopyFS(filepath.Join(beside, filepath.Base(folder)), os.DirFS(folder)))
	}
	for _, past := range []string{historyFile, paper.BlocksFile} {
		text, err := os.ReadFile(filepath.Join(committed, "reproduction", past))
		check(t, err)
		check(t, os.WriteFile(filepath.Join(beside, past), text, 0o666))
	}
	readme, err := os.ReadFile(filepath.Join(committed, "README.md"))
	check(t, err)
	check(t, os.WriteFile(filepath.Join(report, "README.md"), readme, 0o666))
	page, _ := assembled(t, report)
	renewed, err := os.ReadFile(filepath.Join(report, "README.md"))
	check(t, err)
	if _, ok := withPart(string(readme), findings, ""); !ok || string(renewed) != string(readme) {
		t.Errorf("README.md does not say what was found, or no longer: sweep reproduce --assemble --report . "+
			"writes it anew\n%s", firstDifference(string(renewed), string(readme)))
	}
	want, err := os.ReadFile(filepath.Join(committed, "REPRODUCTION.md"))
	check(t, err)
	if page != string(want) {
		t.Errorf("REPRODUCTION.md is not what the program makes of reproduction/: sweep reproduce "+
			"--assemble --report . writes it anew\n%s", firstDifference(page, string(want)))
	}
	there := files(t, filepath.Join(committed, "reproduction"))
	maps.DeleteFunc(there, func(name, _ string) bool { return strings.HasSuffix(name, ".go") }) // of the recomputation
	compare(t, files(t, beside), there)
}

// firstDifference shows where two texts begin to differ.
func firstDifference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d is\n%s\nand was\n%s", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("%d lines, and were %d", len(a), len(b))
}
