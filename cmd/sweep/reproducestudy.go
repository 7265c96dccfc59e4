package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"ranksweep/analysis"
	"ranksweep/experiments"
	"ranksweep/grid"
	"ranksweep/nn/kernel"
	"ranksweep/paper"
	"ranksweep/results"
	"ranksweep/sweep"
	"ranksweep/train"
	"ranksweep/train/local"
	"ranksweep/userfile"
	"ranksweep/wholefile"
)

// firstBlock is the first block of seeds for a study under a fixed rule. Blocks 0 and 1 are
// not used, since their results were known before the rules were fixed.
const firstBlock = 2

// study is a study that is going to be run.
type study struct {
	name, store, folder string
	plan                *sweep.Plan
	rules               map[string]string // the rules when training began
	block               int               // the block of seeds
	other               bool              // trains on other data than the experiment names
	pace                float64           // see paceOf, of the runs that were made the last time; 0: there are none
	paceOn              string            // the CPU that made them
}

// study plans one study: on its old seeds, or on new seeds if a rule has changed since.
func (r reproduction) study(ctx context.Context, name string, trainers train.Trainers) (s study, err error) {
	s = study{name: name, folder: r.folder(name), rules: paper.Rules(name), block: firstBlock, other: r.larger.other()}
	about, err := results.ReadAbout(s.folder)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return s, err
	}
	if err == nil {
		if s.block = about.Block; !maps.Equal(about.Rules, s.rules) {
			s.block = max(firstBlock, s.block+1)
		}
	}
	made, err := results.ReadStudy(s.folder)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return s, err
	}
	s.pace, s.paceOn = paceOf(made.Runs), about.CPU
	for {
		s.store = filepath.Join(r.out, r.scale, fmt.Sprintf("%s-%d", name, s.block))
		began, err := readRules(s.store)
		if err != nil {
			return s, err
		}
		if s.plan, err = r.plan(ctx, name, s.block, trainers); err != nil {
			return s, err
		}
		fits, err := s.fits(about, made.Grid)
		if err != nil {
			return s, err
		}
		if fits && (began == nil || maps.Equal(began, s.rules)) {
			return s, nil
		}
		s.block++ // a rule changed during the study, or the experiment changed after it was judged
	}
}

// plan returns the plan of an experiment at a scale, on a block of seeds.
func (r reproduction) plan(ctx context.Context, name string, block int, trainers train.Trainers) (*sweep.Plan, error) {
	e, err := experiments.Load(name)
	if err != nil {
		return nil, err
	}
	if err := e.Scale(r.scale); err != nil {
		return nil, err
	}
	if err := e.UseBlock(block); err != nil {
		return nil, err
	}
	if err := r.larger.alter(e); err != nil {
		return nil, err
	}
	p, err := sweep.NewPlan(ctx, e, trainers)
	if err != nil {
		return nil, err
	}
	return p, r.larger.check(p)
}

// fits reports whether a block of seeds may be trained on: it is new, or a finished study trained
// the same experiment on it, by its fingerprint. A study from before there were fingerprints is
// compared by its runs; those of a local grid cannot be, since they follow from losses, so that such
// a study counts as another.
func (s study) fits(about results.About, was grid.Grid) (bool, error) {
	switch {
	case was.Len() == 0 || s.block != about.Block:
		return true, nil
	case s.other:
	case about.Asked != "":
		now, err := experiments.Fingerprint(s.name)
		return now == about.Asked, err
	case s.plan.Experiment.Tune.Local > 0:
		return false, nil
	}
	return sameRuns(s.plan.Grid(), was), nil
}

// sameRuns reports whether a grid begins with the runs of a study: with its tuning runs if
// it has any, otherwise with all its runs.
func sameRuns(now, was grid.Grid) bool {
	first := func(g grid.Grid) map[string]bool {
		runs := g.Runs
		if len(g.Tuning) > 0 {
			runs = g.Tuning
		}
		ids := make(map[string]bool)
		for _, p := range runs {
			ids[p.ID] = true
		}
		return ids
	}
	a, b := first(now), first(was)
	for id := range a {
		if !b[id] {
			return false
		}
	}
	return len(now.Tuning) > 0 || len(a) == len(b) // tuning may have added values beyond an edge
}

// rulesFile, in a study's store, holds the hash of each claim's rule when training began.
const rulesFile = "rules.json"

// readRules returns the rules when training began, or nil if it has not begun.
func readRules(store string) (rules map[string]string, err error) {
	path := filepath.Join(store, rulesFile)
	text, err := userfile.Read(path, userfile.Settings)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &rules); err != nil {
		return nil, fmt.Errorf("%s: %w: the file holds the rules that were fixed when training began; "+
			"to start over, remove the store", path, err)
	}
	return rules, nil
}

func (s study) writeRules() error {
	text, err := wholefile.JSON(s.rules)
	if err != nil {
		return err
	}
	return wholefile.WriteBytes(filepath.Join(s.store, rulesFile), text)
}

// train trains the study's missing runs and writes its files.
func (s study) train(cmd *cobra.Command, trainers train.Trainers) error {
	fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s\n", s.name, s.plan.Experiment.Question)
	if err := s.oneKernel(); err != nil {
		return err
	}
	if err := s.writeRules(); err != nil {
		return err
	}
	if err := fill(cmd, s.plan, trainers, s.store, runtime.GOMAXPROCS(0), "", sweep.Shard{}); err != nil {
		return err
	}
	return s.write(cmd)
}

// oneKernel returns an error if another kernel made some of the study's runs, since kernels
// round differently.
func (s study) oneKernel() error {
	runs, _ := results.Open(s.store).Runs()
	for _, r := range runs {
		if made := r.Provenance.Kernel; !kernel.SameBytes(made, kernel.Name()) {
			return fmt.Errorf("%s: run %s was made with kernel %s, but this program uses %s: a study must use one "+
				"kernel; set RANKSWEEP_KERNEL=%s if the CPU has it, or remove the folder",
				s.store, r.ID, made, kernel.Name(), made)
		}
	}
	return nil
}

// write writes the runs in the store to the study's folder.
func (s study) write(cmd *cobra.Command) error {
	h, err := stored(cmd, s.store)
	if err != nil {
		return err
	}
	if err := cmp.Or(failures(h.all), h.newer.err(s.store)); err != nil {
		return err
	}
	files, err := h.study(s.store)
	if err != nil {
		return err
	}
	files.About.Rules, files.About.Block = s.rules, s.block
	if !s.other {
		if files.About.Asked, err = experiments.Fingerprint(s.name); err != nil {
			return err
		}
	}
	return results.WriteStudy(s.folder, files, analysis.LocalMarks(h.runs))
}

// The times of a merged model are measured once, so that a report written again is the same.
const (
	inferenceFile   = "inference.csv"
	inferenceRounds = 50
)

var inferenceRanks = []int{4, 64, 2048}

func timeInference(cmd *cobra.Command, folder string) error {
	path := filepath.Join(folder, inferenceFile)
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "inference, merged at ranks %v and not: %d "+
		"rounds\n", inferenceRanks, inferenceRounds)
	c, err := localTrainer(cmd).Model("base")
	if err != nil {
		return err
	}
	timings, err := local.TimeInference(cmd.Context(), c.Model, inferenceRanks, inferenceRounds)
	if err != nil {
		return err
	}
	about := results.About{
		Experiment: paper.InferenceStudy, CPU: processor(), Cores: runtime.NumCPU(),
		Rules: paper.Rules(paper.InferenceStudy),
		Timed: &results.Timed{Kernel: kernel.Name(), Program: program(), On: time.Now().UTC().Truncate(time.Second)},
	}
	if err := results.WriteAbout(folder, about); err != nil {
		return err
	}
	return results.WriteInference(timings, path)
}

// read reads the files of a study. Without files it returns an empty study.
func (r reproduction) read(name string) (paper.Study, error) {
	folder := r.folder(name)
	if name == paper.InferenceStudy {
		return readInference(folder)
	}
	files, err := results.ReadStudy(folder)
	if errors.Is(err, os.ErrNotExist) {
		return paper.Study{}, nil
	}
	if err != nil {
		return paper.Study{}, err
	}
	sum := files.Summary()
	runs, choices, _ := analysis.Split(files.Grid, files.Runs)
	for i := range runs {
		runs[i].Setting.Places = nil // a verdict must not depend on the order in which a file lists its values
	}
	return paper.Study{
		View:    paper.NewView(runs, choices, results.CoverageOf(files.Grid, files.Runs, nil)),
		Planned: sum.Planned, Done: sum.Planned - sum.Missing - sum.Failed,
		Made: paper.Made{
			Name: name, Digest: results.Digest(files.Runs), CPU: files.About.CPU,
			Kernel: list(sum.Kernels), Program: list(sum.Programs),
			Last: sum.Last.Format(time.DateOnly), Seconds: sum.Seconds, Rules: files.About.Rules,
			Block: files.About.Block, Asked: files.About.Asked,
		},
	}, nil
}

func readInference(folder string) (paper.Study, error) {
	timings, err := results.ReadInference(filepath.Join(folder, inferenceFile))
	if errors.Is(err, os.ErrNotExist) {
		return paper.Study{}, nil
	}
	if err != nil {
		return paper.Study{}, err
	}
	about, err := results.ReadAbout(folder)
	if err != nil {
		return paper.Study{}, err
	}
	if about.Timed == nil {
		return paper.Study{}, fmt.Errorf("%s: study.json has no date of the timing: remove the folder to measure "+
			"again", folder)
	}
	seconds := 0.0
	for _, t := range timings {
		seconds += t.Seconds
	}
	return paper.Study{
		View: paper.View{Inference: timings}, Planned: len(timings), Done: len(timings),
		Made: paper.Made{
			Name: paper.InferenceStudy, Digest: results.InferenceDigest(timings), CPU: about.CPU,
			Kernel: about.Timed.Kernel, Program: about.Timed.Program,
			Last: about.Timed.On.Format(time.DateOnly), Seconds: seconds, Rules: about.Rules,
		},
	}, nil
}
