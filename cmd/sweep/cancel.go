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
		Long: "Cancel ends the tasks of a store that are queued or run. Finished runs stay, and under Slurm\n" +
			"runs in the middle of their training write checkpoints: sweep submit, again, goes on. Of a\n" +
			"submission to Ray it ends the sweep submit that waits for it. It exits with 0 if nothing\n" +
			"is queued any more.\n\n" + storeHelp,
		Example: "  sweep cancel runs/quickstart",
		Args:    exactly("DIR"),
		PreRunE: ofStore,
		RunE: func(cmd *cobra.Command, args []string) error {
			if w, err := rayWorkOf(args[0]); err != nil {
				return err
			} else if w != nil {
				return tellCanceled(cmd, len(w.Tasks), w.cancel(cmd.Context()))
			}
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
			return tellCanceled(cmd, len(live), err)
		},
	}
}

// tellCanceled says how many tasks were ended, unless that failed.
func tellCanceled(cmd *cobra.Command, tasks int, err error) error {
	if err == nil {
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "canceled %s\n", number.Count(tasks, "task"))
	}
	return err
}
