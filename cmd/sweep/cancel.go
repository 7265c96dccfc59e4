package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"ranksweep/cluster"
	"ranksweep/cluster/slurm"
	"ranksweep/paper/number"
)

func newCancel() *cobra.Command {
	return &cobra.Command{
		Use:   "cancel DIR",
		Short: "End what sweep submit has queued for a store",
		Long: "Cancel ends the tasks of a store that are queued or run. Finished runs stay, and runs in the\n" +
			"middle of their training write checkpoints: sweep submit, again, goes on. It exits with 0\n" +
			"if nothing is queued any more.\n\n" + storeHelp,
		Example: "  sweep cancel runs/quickstart",
		Args:    exactly("DIR"),
		PreRunE: ofStore,
		RunE: func(cmd *cobra.Command, args []string) error {
			all, err := tasksOf(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			live := slices.DeleteFunc(all, func(t cluster.Task) bool {
				return !t.State.Live() && t.State != cluster.Held
			})
			var arrays []string
			for _, t := range live {
				arrays = append(arrays, t.Array)
			}
			slices.Sort(arrays)
			if arrays = slices.Compact(arrays); len(arrays) > 0 {
				err = slurm.Cancel(cmd.Context(), arrays)
			}
			if err == nil {
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "canceled %s\n", number.Count(len(live), "task"))
			}
			return err
		},
	}
}
