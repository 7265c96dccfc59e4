package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// usageError is an error in the command line.
type usageError struct{ error }

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "sweep",
		Short: "Train low-rank adapters over a grid of ranks and scaling schemes",
		Long: "Sweep trains low-rank adapters over a grid of ranks and scaling schemes, and draws\n" +
			"what happens to loss and gradients.\n\n" +
			experimentHelp + "\n" + storeHelp + "\n\n" +
			"The exit status is 0 if everything succeeded, 1 if something failed or is missing,\n" +
			"64 for a wrong command line, 130 after Ctrl-C, 75 after SIGTERM, which means: start me\n" +
			"again, and 69 if a shard needs runs of others: start me again when they have ended. It is\n" +
			"2 if the program itself broke down, as for lack of memory.",
		Example: "  sweep run quickstart         # begin here\n" +
			"  sweep table runs/quickstart  # its tables again",
		Version:       program(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			hint := "; sweep --help lists the commands"
			if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
				hint = fmt.Sprintf("; did you mean %s?", near[0])
			}
			return usageError{fmt.Errorf("no command %q%s", args[0], hint)}
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cobra.EnableCommandSorting = false // keep the order in which an experiment needs them
	root.SuggestionsMinimumDistance = 2
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())}
	})
	root.AddCommand(newList(), newInit(), newShow(), newRun(), newCheck(), newReproduce(),
		newSubmit(), newStatus(), newCancel(),
		newTable(), newPlot(), newReport(), newServe(), newExport(), newImport(),
		newPack(), newUnpack(), newMergeStores(), newRename(), newVerify(),
		newEval(), newMerge(), newExplain(), newTransfer(), newTrainer(), newPretrain(), newWork(),
		fieldsTopic(), columnsTopic())
	completeStores(root)
	return root
}

// exactly requires one argument for each name.
func exactly(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < len(names) {
			return usageError{fmt.Errorf("%s: %s is missing; see %s --help", cmd.Name(), names[len(args)],
				cmd.CommandPath())}
		}
		if len(args) > len(names) {
			return usageError{fmt.Errorf("%s: %q is one argument too many; see %s --help", cmd.Name(),
				args[len(names)], cmd.CommandPath())}
		}
		return nil
	}
}
