package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/spf13/cobra"

	"ranksweep/analysis"
	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/nn/kernel"
	"ranksweep/paper/number"
	"ranksweep/results"
)

// verified is the number of runs that verify trains again by default.
const verified = 3

func newVerify() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify DIR [RUN…]",
		Short: "Train some of a store's runs again and compare every number",
		Long: fmt.Sprintf("Verify trains runs of a store again, from their records, and compares every byte with\n"+
			"the stored runs: the same seed must give the same bytes. The portable kernel and the\n"+
			"kernels in assembly round differently; between these, losses may differ by %s of their\n"+
			"size and other quantities by %s. A run by another trainer that differs, and does not set\n"+
			"deterministic, is trained once more: two runs of one config measure how far apart they\n"+
			"are, and the stored one may be ten times as far from them. A quantity that the stored\n"+
			"run lacks, since an older program did not measure it, is not compared. Without RUN,\n"+
			"verify takes the %d runs with the smallest IDs, which are hashes, or all runs if --all is\n"+
			"set. The store does not change. Verify exits with 1 if a run differs, or with --all if\n"+
			"runs are missing or were written by a newer program.\n\n"+
			"RUN is the ID of a run, or the beginning of one. ",
			number.Brief(results.BetweenKernels.Losses), number.Brief(results.BetweenKernels.Sizes), verified) +
			storeHelp,
		Example: "  sweep verify runs/quickstart\n  sweep verify runs/quickstart 0f3c",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return nil
			}
			return exactly("DIR")(cmd, args)
		},
	}
	all := cmd.Flags().Bool("all", false, "train all runs again")
	choice := trainerFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *all && len(args) > 1 {
			return usageError{errors.New("verify: --all and RUN exclude each other: remove one of the two")}
		}
		if err := ofStore(cmd, args); err != nil {
			return err
		}
		runs, rest, err := toVerify(cmd, args[0], args[1:], *all)
		if err != nil {
			return err
		}
		return errors.Join(verify(cmd, choice, runs), rest)
	}
	return cmd
}

// toVerify chooses runs of a store. They have results: none of them failed. rest says which
// runs of a store cannot be verified although all are asked for.
func toVerify(cmd *cobra.Command, dir string, ids []string, all bool) (runs []results.Run, rest, err error) {
	if len(ids) > 0 {
		runs, err = named([]string{dir}, holdings{}.storeOf(dir), ids)
		return runs, nil, err
	}
	h, err := stored(cmd, dir)
	if err != nil {
		return nil, nil, err
	}
	runs = slices.DeleteFunc(analysis.Trained(h.runs), func(r results.Run) bool { return r.Status == results.Failed })
	if len(runs) == 0 {
		return nil, nil, fmt.Errorf("%s holds only failed runs: there is nothing to verify", dir)
	}
	if all {
		rest = h.missing
	} else {
		slices.SortFunc(runs, func(a, b results.Run) int { return cmp.Compare(a.ID, b.ID) })
		runs = runs[:min(verified, len(runs))]
	}
	runs, err = whole(h.storeOf(dir), runs)
	return runs, rest, err
}

func verify(cmd *cobra.Command, c choice, runs []results.Run) error {
	first, err := trainedAgain(cmd, c, runs)
	if err != nil {
		return err
	}
	second, err := trainedAgain(cmd, c, slices.DeleteFunc(slices.Clone(runs), func(was results.Run) bool {
		now := first[was.ID]
		return !now.Varies || now.Status == results.Failed || results.Difference(now, was) == ""
	}))
	if err != nil {
		return err
	}
	differ := 0
	for _, was := range runs {
		now := first[was.ID]
		v := compared(now, was)
		if other, twice := second[was.ID]; twice {
			v = comparedAs(now, was, other)
		}
		if !v.same {
			differ++
		}
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s %s  %s\n", was.ID, experiments.Point{Axes: was.Axes}, v.text)
		if err != nil {
			return err
		}
	}
	if differ > 0 {
		return fmt.Errorf("%d of %d runs differ from the stored ones", differ, len(runs))
	}
	return nil
}

// trainedAgain trains stored runs once more, and returns the new ones by their IDs.
func trainedAgain(cmd *cobra.Command, c choice, runs []results.Run) (map[string]results.Run, error) {
	var mu sync.Mutex
	trained := make(map[string]results.Run)
	err := trainAgain(cmd, c, runs, false, func(now, _ results.Run, _ []lora.Trained) error {
		mu.Lock()
		defer mu.Unlock()
		trained[now.ID] = now
		return nil
	})
	return trained, err
}

// verdict says whether a run, trained again, equals the stored one.
type verdict struct {
	same bool
	text string
}

// compared compares a run with the stored one: to the byte or, if the two kernels round
// differently, within the tolerances between kernels.
func compared(now, was results.Run) verdict {
	d := results.Difference(now, was)
	switch {
	case d == "":
		return verdict{true, "same"}
	case now.Status == results.Failed:
		return verdict{false, "failed when it was trained again: " + now.Reason}
	}
	kernels := [2]string{was.Provenance.Kernel, now.Provenance.Kernel}
	if !kernel.SameBytes(kernels[0], kernels[1]) {
		near := results.Near(now, was, results.BetweenKernels)
		if d = near.Difference; d == "" {
			return verdict{true, fmt.Sprintf("same within the tolerances between kernels, %s (%s then, %s now); the "+
				"largest difference is %s, in %s", results.BetweenKernels, kernels[0], kernels[1],
				number.Significant(near.Largest, 1), near.What)}
		}
	}
	return verdict{false, "differs: " + d + "; " + makers(now, was)}
}

// comparedAs compares a run with the stored one within the tolerance that it shows when it is
// trained twice, now and once more.
func comparedAs(now, was, more results.Run) verdict {
	within, err := results.Measured(more, now)
	if err != nil {
		return verdict{false, fmt.Sprintf("differs: %s; two runs of its config have no tolerance: %v",
			results.Difference(now, was), err)}
	}
	note := ""
	if kernels := [2]string{was.Provenance.Kernel, now.Provenance.Kernel}; !kernel.SameBytes(kernels[0], kernels[1]) {
		within = within.Or(results.BetweenKernels)
		note = fmt.Sprintf(", and at least those between kernels (%s then, %s now)", kernels[0], kernels[1])
	}
	note = fmt.Sprintf("tolerances measured on two runs of its config%s, %s", note, within)
	near := results.Near(now, was, within)
	if near.Difference != "" {
		return verdict{false, fmt.Sprintf("differs: %s; by %s; %s", near.Difference, note, makers(now, was))}
	}
	return verdict{true, fmt.Sprintf("same within the %s; the largest difference is %s, in %s", note,
		number.Significant(near.Largest, 1), near.What)}
}
