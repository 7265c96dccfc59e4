package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"ranksweep/sweep"
)

func newShow() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "show EXPERIMENT",
		Short:   "Print an experiment's resolved grid: every run, its gamma and its cost",
		Long:    "Show prints the runs that sweep run would train. It trains nothing.\n\n" + experimentHelp,
		Example: "  sweep show quickstart --set 'rank=[4,64]'\n  sweep show mine.yaml",
		Args:    exactly("EXPERIMENT"),
	}
	asJSON := cmd.Flags().Bool("json", false, "print JSON: the runs with their full configs")
	set := overrides(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		p, _, err := plan(cmd, args[0], *set, false, asFloat32)
		if err != nil {
			return err
		}
		if *asJSON {
			return showJSON(cmd.OutOrStdout(), p)
		}
		return showPlan(cmd.OutOrStdout(), p)
	}
	return cmd
}

// showPlan prints a line for each run.
func showPlan(w io.Writer, p *sweep.Plan) error {
	if p.Experiment.Question != "" {
		fmt.Fprintf(w, "%s\n\n", p.Experiment.Question)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "run\t")
	for _, a := range p.Jobs[0].Axes {
		fmt.Fprintf(t, "%s\t", a.Name)
	}
	fmt.Fprint(t, "alpha\tgamma\tTFLOP\tMB\t\n")
	warnings, twins := newFootnotes(), p.Twins()
	for _, j := range p.Jobs {
		doubts := j.Material.Warnings
		if twin := twins[j.ID]; twin != "" {
			doubts = append(slices.Clone(doubts), twin)
		}
		fmt.Fprintf(t, "%s\t", j.ID)
		for _, a := range j.Axes {
			fmt.Fprintf(t, "%s\t", a.Value)
		}
		alpha, gamma := "-", "-"
		if a := j.Config.Adapter; a.Ranked() {
			alpha, gamma = fmt.Sprintf("%.4g", a.EffectiveAlpha()), fmt.Sprintf("%.4g", a.Gamma())
		}
		fmt.Fprintf(t, "%s\t%s\t%.3g\t%d\t%s\n", alpha, gamma,
			j.Material.Cost/1e12, j.Material.Bytes>>20, warnings.marks(doubts))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	warnings.print(w)
	const memory = "MB is a run's memory without model and data"
	if !p.Tunes() {
		_, err := fmt.Fprintf(w, "\n%d runs, about %.3g TFLOP; %s\n", len(p.Jobs), sweep.Cost(p.Jobs)/1e12, memory)
		return err
	}
	_, err := fmt.Fprintf(w, "\n%d runs, about %.3g TFLOP, tune: the lowest mean validation loss chooses each cell's "+
		"nuisance values;\n%s; %s\n", len(p.Jobs), sweep.Cost(p.Jobs)/1e12, following(p), memory)
	return err
}

// following describes the runs that come after tuning.
func following(p *sweep.Plan) string {
	runs, cost, tune := len(p.Follow), sweep.Cost(p.Follow)/1e12, p.Experiment.Tune
	if tune.Local == 0 {
		return fmt.Sprintf("then %d runs on other seeds, about %.3g TFLOP, are reported", runs, cost)
	}
	return fmt.Sprintf("then at least %d runs on other seeds follow, about %.3g TFLOP: %d values of %s around the "+
		"chosen\none, and more beyond an edge at which a cell is best; each seed is reported at its own best value",
		runs, cost, tune.Local, p.Experiment.Nuisance[0].Name)
}

// footnotes numbers warnings in the order in which they first appear.
type footnotes struct {
	number map[string]int
	texts  []string
}

func newFootnotes() *footnotes { return &footnotes{number: make(map[string]int)} }

func (f *footnotes) marks(texts []string) string {
	marks := ""
	for _, t := range texts {
		if f.number[t] == 0 {
			f.texts = append(f.texts, t)
			f.number[t] = len(f.texts)
		}
		marks += fmt.Sprintf(" [%d]", f.number[t])
	}
	return marks
}

func (f *footnotes) print(w io.Writer) {
	for i, t := range f.texts {
		fmt.Fprintf(w, "[%d] %s\n", i+1, t)
	}
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
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(plan)
}
