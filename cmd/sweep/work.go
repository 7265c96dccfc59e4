package main

import (
	"errors"

	"github.com/spf13/cobra"

	"ranksweep/cluster/ray"
	"ranksweep/sweep"
	"ranksweep/train"
)

// newWork is what sweep submit --ray starts on the nodes.
func newWork() *cobra.Command {
	cmd := &cobra.Command{
		Use:    "work",
		Short:  "Train the runs that sweep submit --ray hands to a node",
		Long:   "Work reads the runs that it is to train from standard input, and writes their records.",
		Hidden: true,
		Args:   exactly(),
	}
	cmd.Example = "  sweep work"
	choice := trainerFlags(cmd)
	form := storageFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		var all train.Trainers
		defer func() { err = errors.Join(err, all.Close()) }()
		begin := func(at ray.Places) (sweep.Scheduler, error) {
			choice.at = &at
			all, err = trainers(cmd, means{choice, *form, 1, false})
			return sweep.Scheduler{Trainers: all, Workers: 1, Memory: memory()}, err
		}
		return ray.Serve(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), begin)
	}
	return cmd
}
