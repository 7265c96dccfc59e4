package main

import (
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
	"ranksweep/paper/number"
	"ranksweep/paper/table"
	"ranksweep/results"
	"ranksweep/sweep"
)

// adapters is a folder that receives the adapters of runs, each as a PEFT folder named by
// the run's ID.
type adapters string

func (a adapters) path(id string) string { return filepath.Join(string(a), id) }

// has reports whether a run's adapter is in the folder. The config is written last, so an
// adapter whose writing was cut off lacks it.
func (a adapters) has(id string) bool {
	_, err := os.Stat(filepath.Join(a.path(id), "adapter_config.json"))
	return err == nil
}

// lacks counts the runs of a plan whose adapters are missing from the folder, and the runs
// without an adapter. Both are 0 if there is no folder.
func (a adapters) lacks(p *sweep.Plan) (lacking, without int) {
	for _, j := range p.Jobs {
		switch {
		case a == "":
		case !j.Config.Adapter.Has(lora.HandsOut):
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
	c, err := experiments.ConfigOf(r.ID, r.Config)
	if err != nil {
		return err
	}
	f := &peft.Folder{
		Adapters: trained, RSLoRA: c.Adapter.Scaling.P == 0.5 && !c.Adapter.Scaling.Log,
		BaseModel: c.Model, Dropout: c.Adapter.Dropout,
	}
	return f.Write(a.path(r.ID))
}

// list returns a row for each run whose adapter is in the folder. Notes say how PEFT reaches
// the γ of scalings for which it has no name.
func (a adapters) list(runs []results.Run) (t table.Table) {
	there := slices.DeleteFunc(slices.Clone(runs), func(r results.Run) bool { return !a.has(r.ID) })
	table.Fill(&t, there,
		table.Words("adapter", func(r results.Run) string { return a.path(r.ID) }),
		table.Words("run", func(r results.Run) string { return experiments.Point{Axes: r.Axes}.String() }),
		table.Numbers("gamma", func(r results.Run) string { return number.Significant(r.Gamma, 4) }),
	)
	for i, r := range there {
		if note := peft.Folded(r.Powers, r.Gamma, handedRank(r)); note != "" {
			t.Doubt(i, note)
		}
	}
	return t
}

// handedRank returns the rank of the adapter that a run hands out.
func handedRank(r results.Run) int {
	if m, ok := lora.MethodNamed(r.Method()); ok && m.Traits().Has(lora.Shifted) {
		return 2 * r.Rank
	}
	return r.Rank
}

// handOut trains again the runs whose adapters are not in the folder, and writes the
// adapters there. If a run's new curve differs from the stored one, the adapter is not that
// run's, which is an error.
func (a adapters) handOut(cmd *cobra.Command, c choice, runs []results.Run) error {
	lacking := slices.DeleteFunc(slices.Clone(runs), func(r results.Run) bool { return a.has(r.ID) })
	return trainAgain(cmd, c, lacking, true, func(now, was results.Run, trained []lora.Trained) error {
		if now.Status != results.Done {
			return fmt.Errorf("run %s was %s, but is %s when trained again: %s",
				was.ID, was.Status, now.Status, now.Reason)
		}
		if d := results.Difference(now, was); d != "" {
			return fmt.Errorf("run %s has a different curve when trained again, so its adapter cannot be handed out: "+
				"%s; %s", was.ID, d, makers(now, was))
		}
		return a.write(now, trained)
	})
}

// noAdapter says why a run has no usable adapter, or returns "" if it has one.
func noAdapter(r results.Run) string {
	switch {
	case r.Status != results.Done:
		return fmt.Sprintf("run %s has no adapter, since it %s", r.ID, r.Status)
	case !r.Ranked():
		return fmt.Sprintf("run %s has no adapter, since it trained the weights themselves (%s)", r.ID, r.Scheme)
	}
	if m, ok := lora.MethodNamed(r.Method()); ok && !m.Traits().Has(lora.HandsOut) {
		return fmt.Sprintf("run %s has method %s, of which there are no adapter files yet", r.ID, r.Method())
	}
	return ""
}

// withAdapters returns the runs that have a usable adapter, and says which runs it leaves
// out.
func withAdapters(w io.Writer, runs []results.Run) []results.Run {
	return slices.DeleteFunc(slices.Clone(runs), func(r results.Run) bool {
		why := noAdapter(r)
		if why != "" {
			fmt.Fprintf(w, "sweep: left out: %s\n", why)
		}
		return why != ""
	})
}

// named returns the runs of stores with the given IDs, which may be shortened. of returns the store whose record
// of a run counts, or nil if none does.
func named(dirs []string, of func(id string) *results.Store, ids []string) (chosen []results.Run, err error) {
	var all []string
	for _, dir := range dirs {
		more, err := results.Open(dir).IDs()
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	slices.Sort(all)
	all = slices.DeleteFunc(slices.Compact(all), func(id string) bool { return of(id) == nil })
	where, stores := strings.Join(dirs, " or "), strings.Join(dirs, " ")
	for _, id := range ids {
		found := slices.DeleteFunc(slices.Clone(all), func(other string) bool { return !strings.HasPrefix(other, id) })
		switch {
		case len(found) == 0:
			return nil, fmt.Errorf("%s has no run %s: sweep export %s --out FOLDER lists its runs in runs.csv", where,
				id, stores)
		case len(found) > 1:
			return nil, fmt.Errorf("run %s: the IDs of %d runs in %s begin like this, such as %s and %s: write more "+
				"of it",
				id, len(found), where, found[0], found[1])
		}
		r, err := of(found[0]).Get(found[0])
		if err != nil {
			return nil, fmt.Errorf("%s has no readable run %s: %w", where, id, err)
		}
		chosen = append(chosen, r)
	}
	return chosen, nil
}

// whole reads runs again from their stores, with their Modules.
func whole(of func(id string) *results.Store, runs []results.Run) (all []results.Run, err error) {
	for _, r := range runs {
		if r, err = of(r.ID).Get(r.ID); err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// summary describes adapters: how many maps, their rank, and γ, which other tools lose most
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
		span(number.Significant(slices.Min(gammas), 4), number.Significant(slices.Max(gammas), 4)))
	if slices.ContainsFunc(adapters, func(a lora.Trained) bool { return a.Magnitude != nil }) {
		text += ", with magnitudes"
	}
	return text
}

// span writes a range.
func span(low, high string) string {
	if low == high {
		return low
	}
	return low + " to " + high
}
