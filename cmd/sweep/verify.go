package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/spf13/cobra"

	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/nn/kernel"
	"ranksweep/results"
)

// verified is how many runs verify trains again unless told which.
const verified = 3

func newVerify() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify DIR [RUN…]",
		Short: "Train some of a store's runs again and compare every number",
		Long: fmt.Sprintf("Verify trains runs of a store again, from what their records say, and compares them\n"+
			"to the byte with what is stored: same seed, same bytes. Where one was made by the portable\n"+
			"kernel and the other by one in assembly, which round otherwise, losses may be %g apart,\n"+
			"relative to their size, and all else %g. What the stored run does not have, since an\n"+
			"earlier program did not measure it, is not compared. Without RUN it takes %d of the runs,\n"+
			"the first by their IDs, which are hashes, or all by --all. The store stays as it is. The exit status\n"+
			"is 1 where a run differs.\n\n"+
			"RUN is the ID of a run, or how it begins. ", results.LossTolerance, results.SizeTolerance, verified) +
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
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *all && len(args) > 1 {
			return usageError{errors.New("verify: --all and RUN: one of the two must go")}
		}
		runs, err := toVerify(cmd, args[0], args[1:], *all)
		if err != nil {
			return err
		}
		return verify(cmd, runs)
	}
	return cmd
}

// toVerify chooses runs of a store that have a result.
func toVerify(cmd *cobra.Command, dir string, ids []string, all bool) ([]results.Run, error) {
	if len(ids) > 0 {
		return named(dir, ids)
	}
	h, err := stored(cmd, dir)
	if err != nil {
		return nil, err
	}
	runs := slices.DeleteFunc(results.Trained(h.runs), func(r results.Run) bool { return r.Status == results.Failed })
	if len(runs) == 0 {
		return nil, fmt.Errorf("%s holds failed runs alone: there is nothing to verify", dir)
	}
	if !all {
		slices.SortFunc(runs, func(a, b results.Run) int { return cmp.Compare(a.ID, b.ID) })
		runs = runs[:min(verified, len(runs))]
	}
	return runs, nil
}

func verify(cmd *cobra.Command, runs []results.Run) error {
	var mu sync.Mutex
	verdicts := make(map[string]verdict)
	err := trainAgain(cmd, runs, func(now, was results.Run, _ []lora.Trained) error {
		mu.Lock()
		defer mu.Unlock()
		verdicts[was.ID] = compared(now, was)
		return nil
	})
	if err != nil {
		return err
	}
	differ := 0
	for _, r := range runs {
		v := verdicts[r.ID]
		if !v.same {
			differ++
		}
		if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s %s  %s\n", r.ID, experiments.Point{Axes: r.Axes},
			v.text); err != nil {
			return err
		}
	}
	if differ > 0 {
		return fmt.Errorf("%d of %d runs differ from what is stored", differ, len(runs))
	}
	return nil
}

// verdict is whether a run, trained again, is what it was, and how to say it.
type verdict struct {
	same bool
	text string
}

// compared holds a run to the stored one: to the byte or, where the two kernels
// round otherwise, within what that may do.
func compared(now, was results.Run) verdict {
	d := results.Difference(now, was)
	if d == "" {
		return verdict{true, "same"}
	}
	kernels := [2]string{was.Provenance.Kernel, now.Provenance.Kernel}
	if !kernel.SameBytes(kernels[0], kernels[1]) {
		near := results.Near(now, was)
		if d = near.Difference; d == "" {
			return verdict{true, fmt.Sprintf("same within %g of losses and %g of sizes, the tolerances between "+
				"kernels "+
				"(%s then, %s now); largest difference %.0e in %s",
				results.LossTolerance, results.SizeTolerance, kernels[0], kernels[1], near.Largest, near.What)}
		}
	}
	return verdict{false, "differs: " + d + "; " + makers(now, was)}
}
