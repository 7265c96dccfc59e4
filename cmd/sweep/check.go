package main

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"ranksweep/analysis"
	"ranksweep/paper"
	"ranksweep/sweep"
)

func newCheck() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check [EXPERIMENT]",
		Short: "Measure at the first steps how each scheme depends on the rank, beside theory",
		Long: "Check trains the first steps of every scheme at many ranks, and compares how sizes\n" +
			"depend on the rank with theory: the loss drop, the adapter's output and input gradient,\n" +
			"the gradients of A and B, the weight update. Without EXPERIMENT it runs the embedded\n" +
			"experiment rank-check; --set model=... and --set data=... run it on your own. It exits\n" +
			"with 1 if theory predicts a scheme to be stable and the measurement disagrees.\n\n" + experimentHelp,
		Example: "  sweep check\n" +
			"  sweep check --set model=mymodel --set data=train.jsonl --set 'scaling=[lora,rslora,p=0.75]'",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return exactly("EXPERIMENT")(cmd, args)
		},
	}
	out := storeFlag(cmd)
	set := overrides(cmd)
	form := storageFlag(cmd)
	choice := trainerFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		name := "rank-check"
		if len(args) > 0 {
			name = args[0]
		}
		workers := choice.workers(runtime.GOMAXPROCS(0))
		p, trainers, err := plan(cmd, name, *set, false, means{choice, *form, workers, false})
		if err != nil {
			return err
		}
		defer trainers.Close()
		dir := out.of(p)
		if err := fill(cmd, p, trainers, dir, workers, "", sweep.Shard{}); err != nil {
			return err
		}
		return judge(cmd, dir)
	}
	return cmd
}

// judge prints and draws the verdict of a check from its store.
func judge(cmd *cobra.Command, dir string) error {
	h, err := stored(cmd, dir)
	if err != nil {
		return err
	}
	check, err := paper.NewCheck(h.view())
	if err != nil {
		return err
	}
	if err := writeTables(cmd.OutOrStdout(), check.Tables); err != nil {
		return err
	}
	if err := errors.Join(paper.WriteTables(check.Tables, dir), paper.WriteFigures(check.Figures, dir)); err != nil {
		return err
	}
	tellWhere(cmd, dir)
	if err := cmp.Or(failures(analysis.Trained(h.runs)), h.missing); err != nil {
		return err
	}
	if len(check.Unstable) > 0 {
		return fmt.Errorf("theory predicts stable, the measurement disagrees: %s", strings.Join(check.Unstable, "; "))
	}
	return nil
}
