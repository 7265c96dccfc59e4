package main

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"ranksweep/paper"
	"ranksweep/results"
)

func newCheck() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check [EXPERIMENT]",
		Short: "Measure at the first steps whether schemes learn at a rate free of rank",
		Long: "Check makes the first steps of every scheme at many ranks and compares sizes with\n" +
			"theory: the loss drop, the adapter's output and input gradient, the gradients of A and\n" +
			"B, the weight update. Without EXPERIMENT it is rank-check, the embedded one; --set\n" +
			"turns it on your model and data. The exit status is 1 where a scheme that theory says\n" +
			"is stable under its optimizer is not seen to be.\n\n" + experimentHelp,
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
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		name := "rank-check"
		if len(args) > 0 {
			name = args[0]
		}
		p, trainers, err := plan(cmd, name, *set, false, *form)
		if err != nil {
			return err
		}
		dir := out.of(p)
		if err := fill(cmd, p, trainers, dir, runtime.GOMAXPROCS(0), ""); err != nil {
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
	check, err := paper.NewCheck(h.view)
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
	if err := cmp.Or(failures(results.Trained(h.runs)), h.missing); err != nil {
		return err
	}
	if len(check.Unstable) > 0 {
		return fmt.Errorf("stable by theory and not seen to be: %s", strings.Join(check.Unstable, "; "))
	}
	return nil
}
