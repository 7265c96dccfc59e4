package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/renameio/v2/maybe"
	"github.com/spf13/cobra"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/experiments"
	"ranksweep/paper"
	"ranksweep/results"
	"ranksweep/sweep"
)

func newReproduce() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "reproduce [EXPERIMENT…]",
		Short: "Run every experiment of the paper and of its follow-ups, and report claim by claim",
		Long: "Reproduce runs the embedded experiments that claims are judged by, or those that are\n" +
			"named, each into a store of its own, says beforehand how long that takes, and writes\n" +
			"REPRODUCTION.md, its figures, and the stores' runs as CSV. Run again to go on after an\n" +
			"interrupt. Experiments that were not run leave their claims open.",
		Example: "  sweep reproduce --scale small\n  sweep reproduce paper-fig2-3 tuned\n  sweep reproduce --report paper",
	}
	out := cmd.Flags().String("out", filepath.Join("runs", "reproduction"), "`FOLDER` of the stores")
	report := cmd.Flags().String("report", "", "`FOLDER` for REPRODUCTION.md (default that of the stores)")
	scale := cmd.Flags().String("scale", experiments.Scales[0], "`SIZE` of the experiments: "+strings.Join(experiments.Scales, " or "))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		names, err := studied(args, *scale)
		if err != nil {
			return usageError{err}
		}
		dir := filepath.Join(*out, *scale)
		if err := reproduce(cmd, names, *scale, dir); err != nil {
			return err
		}
		to := *report
		if to == "" {
			to = dir
		}
		return writeReport(cmd, *scale, dir, to)
	}
	return cmd
}

// studied checks the names of experiments, of which none means all.
func studied(names []string, scale string) ([]string, error) {
	all := paper.Studied()
	for _, name := range names {
		if !slices.Contains(all, name) {
			return nil, fmt.Errorf("reproduce: no claim is judged by %q: known are %s", name, strings.Join(all, ", "))
		}
	}
	if len(names) == 0 {
		names = all
	}
	_, err := experiments.Overrides(names[0], scale)
	return names, err
}

// reproduce trains what the stores in dir lack.
func reproduce(cmd *cobra.Command, names []string, scale, dir string) error {
	trainer := local(cmd)
	var plans []*sweep.Plan
	var cost float64
	runs := 0
	for _, name := range names {
		e, err := experiments.Load(name)
		if err != nil {
			return err
		}
		set, err := experiments.Overrides(name, scale)
		if err == nil {
			err = e.Set(set...)
		}
		if err != nil {
			return err
		}
		p, err := sweep.NewPlan(e, trainer)
		if err != nil {
			return err
		}
		plans = append(plans, p)
		cost += sweep.Cost(p.Jobs) + sweep.Cost(p.Follow)
		runs += len(p.Jobs) + len(p.Follow)
	}
	workers := runtime.GOMAXPROCS(0)
	fmt.Fprintf(cmd.ErrOrStderr(), "%d experiments, %d runs, %.3g TFLOP: about %s on %d cores, if nothing of it is there yet\n",
		len(plans), runs, cost/1e12, roundly(time.Duration(cost/(speed()*float64(workers))*float64(time.Second))), workers)
	for i, p := range plans {
		fmt.Fprintf(cmd.ErrOrStderr(), "%d/%d %s: %s\n", i+1, len(plans), p.Experiment.Name, p.Experiment.Question)
		store := filepath.Join(dir, p.Experiment.Name)
		if err := train(cmd, p, trainer, store, workers, ""); err != nil {
			return err
		}
		h, err := stored(cmd, store)
		if err != nil {
			return err
		}
		if err := failures(results.Trained(h.runs)); err != nil {
			return err
		}
	}
	return timeInference(cmd, trainer, filepath.Join(dir, inferenceFile))
}

// The times of a merged model, which are measured once: a report written again
// is the same.
const (
	inferenceFile   = "inference.csv"
	inferenceRounds = 50
)

var inferenceRanks = []int{4, 64, 2048}

func timeInference(cmd *cobra.Command, trainer *sweep.Local, path string) error {
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "inference, merged at ranks %v and not: %d rounds\n", inferenceRanks, inferenceRounds)
	c, err := trainer.Model("base")
	if err != nil {
		return err
	}
	timings, err := sweep.TimeInference(cmd.Context(), c.Model, inferenceRanks, inferenceRounds)
	if err != nil {
		return err
	}
	return results.WriteInference(timings, path)
}

// speed estimates the floating-point operations a second of one core in
// training: half of what it makes of a product of the base model's size, since
// measuring, attention and memory take their share.
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

// roundly writes a duration as people say it.
func roundly(d time.Duration) string {
	if d < 90*time.Minute {
		return fmt.Sprintf("%d minutes", int(math.Ceil(d.Minutes())))
	}
	return fmt.Sprintf("%.1f hours", d.Hours())
}

// writeReport judges all claims by the stores in dir and writes the report, its
// figures and the runs of each store to folder to.
func writeReport(cmd *cobra.Command, scale, dir, to string) error {
	studies := make(map[string]paper.Study)
	beside := filepath.Join(to, "reproduction")
	for _, name := range paper.Studied() {
		store := filepath.Join(dir, name)
		if _, err := os.Stat(store); errors.Is(err, os.ErrNotExist) {
			continue
		}
		h, err := stored(cmd, store)
		if err != nil {
			return err
		}
		studies[name] = paper.Study{Runs: h.runs, Tuned: h.tuned}
		files, err := h.study(store)
		if err != nil {
			return err
		}
		if err := results.WriteStudy(filepath.Join(beside, name), files); err != nil {
			return err
		}
	}
	timings, err := results.ReadInference(filepath.Join(dir, inferenceFile))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if len(timings) > 0 {
		if err := results.WriteInference(timings, filepath.Join(beside, inferenceFile)); err != nil {
			return err
		}
	}
	studies[paper.InferenceStudy] = paper.Study{Inference: timings}
	r, err := paper.Reproduce(studies)
	if err != nil {
		return err
	}
	for _, f := range r.Figures() {
		if err := f.WriteFile(filepath.Join(beside, f.Name+".png"), paper.PNG); err != nil {
			return err
		}
	}
	text := r.Markdown(reportHead(scale, studies), filepath.Base(beside))
	file := filepath.Join(to, "REPRODUCTION.md")
	if err := maybe.WriteFile(file, []byte(text), 0o666); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for i, c := range r {
		if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%2d. %-27s %s\n", i+1, c.Standing, c.Name); err != nil {
			return err
		}
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "report: %s\n", file)
	return nil
}

// reportHead says what the report was made of, how to make it again, and how to
// read it.
func reportHead(scale string, studies map[string]paper.Study) string {
	runs := 0
	var numerics, kernels []string
	for _, name := range paper.Studied() {
		for _, r := range results.Trained(studies[name].Runs) {
			runs++
			numerics, kernels = append(numerics, strconv.Itoa(r.Provenance.Numerics)), append(kernels, r.Provenance.Kernel)
		}
	}
	each := func(all []string) string {
		slices.Sort(all)
		return strings.Join(slices.Compact(all), ", ")
	}
	return fmt.Sprintf("# Reproduction\n\n"+
		"Written by `sweep reproduce --scale %s` from %d stored runs (numerics %s, kernel %s); the stores' runs are in reproduction/, a folder a study with its CSV files, from which every number below can be computed. "+
		"Make the stores again by that command; train any of their runs again and compare it to the byte by `sweep verify STORE RUN`. "+
		"The model is the embedded one unless said otherwise: what carries over from the paper is the pattern over ranks, never an absolute number.\n\n"+
		"*Seen*, *not seen* and *not resolvable at this size* are decided by rules in `paper/claims.go`: by intervals over seeds, and by tests "+
		"corrected over their family. Negative results stay.\n\n%s", scale, runs, each(numerics), each(kernels), paper.Reading())
}
