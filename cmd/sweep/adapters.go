package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/lora/peft"
	"ranksweep/results"
	"ranksweep/sweep"
)

// adapters is a folder to which runs hand their adapters out: a PEFT folder
// each, by the run's ID.
type adapters string

func (a adapters) path(id string) string { return filepath.Join(string(a), id) }

// has reports whether a run's adapter is there. What was cut off while it was
// written has no config.
func (a adapters) has(id string) bool {
	_, err := os.Stat(filepath.Join(a.path(id), "adapter_config.json"))
	return err == nil
}

// lacks counts the runs of a plan whose adapters are not there, and those that
// have none; neither are asked for without a folder.
func (a adapters) lacks(p *sweep.Plan) (lacking, without int) {
	for _, j := range p.Jobs {
		switch {
		case a == "":
		case !j.Config.Adapter.Ranked():
			without++
		case !a.has(j.ID):
			lacking++
		}
	}
	return lacking, without
}

// write hands out the adapters of a run.
func (a adapters) write(r results.Run, trained []lora.Trained) error {
	if noAdapter(r) != "" {
		return nil
	}
	c, err := experiments.ConfigOf(r)
	if err != nil {
		return err
	}
	f := &peft.Folder{
		Adapters: trained, RSLoRA: c.Adapter.Scaling.P == 0.5 && !c.Adapter.Scaling.Log, BaseModel: c.Model,
		Dropout: c.Adapter.Dropout,
	}
	return f.Write(a.path(r.ID))
}

// list prints where the adapters of runs are, and how PEFT is told of scalings
// that it has no name for.
func (a adapters) list(w io.Writer, runs []results.Run) error {
	notes := newFootnotes()
	for _, r := range runs {
		if !a.has(r.ID) {
			continue
		}
		var note []string
		if text := peft.Folded(r.Scaling, r.Gamma, r.Rank); text != "" {
			note = append(note, text)
		}
		if _, err := fmt.Fprintf(w, "%s  %s  gamma %.4g%s\n", a.path(r.ID), experiments.Point{Axes: r.Axes},
			r.Gamma, notes.marks(note)); err != nil {
			return err
		}
	}
	notes.print(w)
	return nil
}

// handOut trains those of runs again whose adapters are not in the folder, and
// writes them there. An adapter of which another curve was measured than the
// store has is an error: it is not that run's.
func (a adapters) handOut(cmd *cobra.Command, runs []results.Run) error {
	lacking := slices.DeleteFunc(slices.Clone(runs), func(r results.Run) bool { return a.has(r.ID) })
	return trainAgain(cmd, lacking, func(now, was results.Run, trained []lora.Trained) error {
		if now.Status != results.Done {
			return fmt.Errorf("run %s was %s and is %s, trained again: %s", was.ID, was.Status, now.Status, now.Reason)
		}
		if d := results.Difference(now, was); d != "" {
			return fmt.Errorf("run %s has another curve than in the store, so that this is not its adapter: %s; %s",
				was.ID, d, makers(now, was))
		}
		return a.write(now, trained)
	})
}

// noAdapter says why a run has no adapter that is of use; empty where it has one.
func noAdapter(r results.Run) string {
	switch {
	case r.Status != results.Done:
		return fmt.Sprintf("run %s, which %s, has no adapter", r.ID, r.Status)
	case !r.Ranked():
		return fmt.Sprintf("run %s, which trained the weights themselves (%s), has no adapter", r.ID, r.Scheme)
	}
	return ""
}

// withAdapters returns those of runs that have an adapter that is of use, and says
// which are left out.
func withAdapters(w io.Writer, runs []results.Run) []results.Run {
	return slices.DeleteFunc(slices.Clone(runs), func(r results.Run) bool {
		why := noAdapter(r)
		if why != "" {
			fmt.Fprintf(w, "sweep: left out: %s\n", why)
		}
		return why != ""
	})
}

// named returns the runs of a store that have the given IDs, or IDs that begin
// so.
func named(dir string, ids []string) ([]results.Run, error) {
	all, unread := results.Open(dir).Runs()
	var chosen []results.Run
	for _, id := range ids {
		var found []results.Run
		for _, r := range all {
			if strings.HasPrefix(r.ID, id) {
				found = append(found, r)
			}
		}
		switch {
		case len(found) == 0 && len(unread) > 0:
			return nil, fmt.Errorf("%s has no run %s that can be read: %w", dir, id, errors.Join(unread...))
		case len(found) == 0:
			return nil, fmt.Errorf("%s has no run %s: sweep export %s --out FOLDER lists them in runs.csv", dir,
				id, dir)
		case len(found) > 1:
			return nil, fmt.Errorf("run %s: %d runs of %s begin so, %s and %s among them", id, len(found), dir,
				found[0].ID, found[1].ID)
		}
		chosen = append(chosen, found[0])
	}
	return chosen, nil
}

// summary says what adapters are, with the scale, which other tools lose most
// often.
func summary(adapters []lora.Trained) string {
	var ranks []int
	var gammas []float64
	for _, a := range adapters {
		ranks, gammas = append(ranks, a.A.Rows), append(gammas, a.Gamma)
	}
	maps := "maps"
	if len(adapters) == 1 {
		maps = "map"
	}
	text := fmt.Sprintf("%d %s of rank %s and gamma %s", len(adapters), maps,
		span(fmt.Sprint(slices.Min(ranks)), fmt.Sprint(slices.Max(ranks))),
		span(fmt.Sprintf("%.4g", slices.Min(gammas)), fmt.Sprintf("%.4g", slices.Max(gammas))))
	if slices.ContainsFunc(adapters, func(a lora.Trained) bool { return a.Magnitude != nil }) {
		text += ", with magnitudes"
	}
	return text
}

// span writes the least and the most of something.
func span(low, high string) string {
	if low == high {
		return low
	}
	return low + " to " + high
}
