package main

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"ranksweep/cluster"
	"ranksweep/experiments"
	"ranksweep/grid"
	"ranksweep/paper/number"
	"ranksweep/paper/table"
	"ranksweep/results"
	"ranksweep/sweep"
	"ranksweep/wholefile"
)

func newShow() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show EXPERIMENT",
		Short: "Print an experiment's resolved grid: every run, its gamma, cost and time",
		Long: "Show prints the runs that sweep run would train, and first what they have in common: model,\n" +
			"data, optimizer, learning rate and steps. The time of a run is estimated from the speed of runs\n" +
			"in the experiment's store or, if it has none, of this machine. It trains nothing.\n\n" +
			experimentHelp,
		Example: "  sweep show quickstart --set 'rank=[4,64]'\n  sweep show mine.yaml",
		Args:    exactly("EXPERIMENT"),
	}
	asJSON := cmd.Flags().Bool("json", false, "print JSON: the runs with their full configs")
	set := overrides(cmd)
	choice := trainerFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		defer boundMemory()()
		p, trainers, err := plan(cmd, args[0], *set, false, means{choice, asFloat32, 1, false})
		if err != nil {
			return err
		}
		defer trainers.Close()
		if *asJSON {
			return showJSON(cmd.OutOrStdout(), p)
		}
		return planTable(p).WriteText(cmd.OutOrStdout())
	}
	return cmd
}

// planTable has a row for each run. What all runs share stands above the rows.
func planTable(p *sweep.Plan) table.Table {
	speed, known := planSpeed(p)
	t := table.Table{Title: p.Experiment.Question + "\n" + sharedLine(p), Caption: planCaption(p, speed)}
	table.Fill(&t, p.Jobs, table.Numbers("run", func(j sweep.Job) string { return j.ID }))
	written, alpha := placesOf(p.Jobs), "alpha"
	for _, a := range p.Jobs[0].Axes {
		if a.Name == alpha {
			alpha = "alpha used" // it differs from the axis where another rank's γ is matched
		}
		value := func(j sweep.Job) string { return written[a.Name](grid.ValueOf(j.Axes, a.Name)) }
		table.Fill(&t, p.Jobs, table.Numbers(a.Name, value))
	}
	for _, f := range shownFields {
		if !f.isAxis(p.Jobs) && !f.isShared(p.Jobs) {
			table.Fill(&t, p.Jobs, table.Numbers(f.name, f.of))
		}
	}
	table.Fill(&t, p.Jobs,
		table.Numbers(alpha, func(j sweep.Job) string { return ranked(j, experiments.Adapter.EffectiveAlpha) }),
		table.Numbers("gamma", func(j sweep.Job) string { return ranked(j, experiments.Adapter.Gamma) }),
		table.Numbers("TFLOP", func(j sweep.Job) string { return teraflops(j.Material.Cost) }),
		table.Numbers("MB", func(j sweep.Job) string { return number.Significant(float64(j.Material.Bytes)/1e6, 3) }),
	)
	if known {
		table.Fill(&t, p.Jobs, table.Numbers("time", func(j sweep.Job) string {
			return roundTime(speed.Time(j.Material.Cost))
		}))
	}
	twins := p.Twins()
	for i, j := range p.Jobs {
		for _, warning := range j.Material.Warnings {
			t.Doubt(i, warning)
		}
		if twin := twins[j.ID]; twin != "" {
			t.Doubt(i, twin)
		}
	}
	return t
}

// A shownField is a field of a run that show tells, as a column or once for all runs.
type shownField struct {
	name string
	axis string
	of   func(sweep.Job) string
}

var shownFields = []shownField{
	{"model", "model", func(j sweep.Job) string { return j.Config.Model }},
	{"data", "data", func(j sweep.Job) string { return j.Config.Data.Source }},
	{"trainer", "trainer", func(j sweep.Job) string { return j.Config.Trainer }},
	{"optimizer", "optimizer", func(j sweep.Job) string { return j.Config.Train.Optimizer }},
	{"learning rate", "lr", func(j sweep.Job) string { return number.Brief(j.Config.Train.LR) }},
	{"steps", "steps", func(j sweep.Job) string { return strconv.Itoa(j.Config.Train.Steps) }},
}

// isAxis reports whether the grid has an axis for the field, which has a column then.
func (f shownField) isAxis(jobs []sweep.Job) bool {
	return slices.ContainsFunc(jobs[0].Axes, func(a grid.Coordinate) bool { return a.Name == f.axis })
}

// isShared reports whether all runs have the same value.
func (f shownField) isShared(jobs []sweep.Job) bool {
	first := f.of(jobs[0])
	return !slices.ContainsFunc(jobs, func(j sweep.Job) bool { return f.of(j) != first })
}

// sharedLine tells what all runs have in common.
func sharedLine(p *sweep.Plan) string {
	var shared []string
	for _, f := range shownFields {
		if !f.isAxis(p.Jobs) && f.isShared(p.Jobs) {
			shared = append(shared, f.name+" "+f.of(p.Jobs[0]))
		}
	}
	if len(shared) == 0 {
		return "Model, data, trainer, optimizer, learning rate and steps are not the same in all runs."
	}
	return "All runs: " + strings.Join(shared, ", ")
}

// planSpeed is how fast runs are trained: as those that the experiment's store has or, without one, as matrix
// products here let guess, if this process trains them.
func planSpeed(p *sweep.Plan) (speed cluster.Speed, known bool) {
	if speed, known = cluster.SpeedOf(sample(results.Open(filepath.Join("runs", p.Experiment.Name)))); known {
		return speed, true
	}
	elsewhere := func(j sweep.Job) bool { return j.Config.Trainer != experiments.LocalTrainer }
	if slices.ContainsFunc(p.Jobs, elsewhere) {
		return cluster.Speed{}, false
	}
	return productSpeed(), true
}

// ranked writes a value of a run's adapter, or a dash if the run trains no adapter with a rank.
func ranked(j sweep.Job, of func(experiments.Adapter) float64) string {
	if a := j.Config.Adapter; a.Ranked() {
		return number.Significant(of(a), 4)
	}
	return "-"
}

func teraflops(flops float64) string { return number.Significant(flops/1e12, 3) }

func planCaption(p *sweep.Plan, speed cluster.Speed) string {
	memory := "MB is a run's memory without model and data"
	if speed.Flops > 0 {
		memory += fmt.Sprintf("; time is that of a run on one core, about %s in all, by %s",
			roundTime(speed.Time(sweep.Cost(p.Jobs)+sweep.Cost(p.Follow))), speed.Known)
	}
	runs := fmt.Sprintf("%s, about %s TFLOP", number.Count(len(p.Jobs), "run"), teraflops(sweep.Cost(p.Jobs)))
	if names := writtenOut(p); names != "" {
		runs += "; " + names
	}
	if !p.Tunes() {
		return runs + "; " + memory
	}
	return fmt.Sprintf("%s, tune: the lowest mean validation loss chooses each cell's nuisance values;\n%s; %s",
		runs, following(p), memory)
}

// writtenOut writes out the schemes whose name does not show all of them, whichever way the
// experiment has them: "mua is rslora,lr=0.25".
func writtenOut(p *sweep.Plan) string {
	var all []string
	for _, j := range p.Jobs {
		if !j.Config.Adapter.Ranked() {
			continue
		}
		s := j.Config.Adapter.Scheme()
		name, written := s.String(), s.Written()
		if text := name + " is " + written; name != written && !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return strings.Join(all, "; ")
}

// following describes the runs that come after tuning.
func following(p *sweep.Plan) string {
	runs, cost, tune := len(p.Follow), teraflops(sweep.Cost(p.Follow)), p.Experiment.Tune
	if tune.Local == 0 {
		return fmt.Sprintf("then %s on other seeds, about %s TFLOP: these are reported", number.Count(runs, "run"),
			cost)
	}
	return fmt.Sprintf("then at least %s on other seeds, about %s TFLOP: %s of %s around the "+
		"chosen\none, and more beyond an edge at which a cell is best; each seed is reported at its own best value",
		number.Count(runs, "run"), cost, number.Count(tune.Local, "value"), p.Experiment.Nuisance[0].Name)
}

func showJSON(w io.Writer, p *sweep.Plan) error {
	type run struct {
		ID       string          `json:"id"`
		Gamma    float64         `json:"gamma"`
		Flops    float64         `json:"flops"`
		Bytes    int64           `json:"bytes"`
		Warnings []string        `json:"warnings,omitempty"`
		Config   json.RawMessage `json:"config"`
	}
	var runs []run
	for _, j := range p.Jobs {
		runs = append(runs, run{j.ID, j.Config.Adapter.Gamma(), j.Material.Cost, j.Material.Bytes, j.Material.Warnings,
			j.Config.JSON()})
	}
	plan := map[string]any{"experiment": p.Experiment.Name, "question": p.Experiment.Question, "runs": runs}
	if p.Tunes() {
		plan["follow"] = len(p.Follow) // number of reported runs; with local grids, at least so many
	}
	text, err := wholefile.JSON(plan)
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}
