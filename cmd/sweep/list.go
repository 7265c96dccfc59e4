package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"ranksweep/experiments"
)

func newList() *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the embedded experiments",
		Long:    "List prints the name and the question of every embedded experiment.",
		Example: "  sweep list",
		Args:    exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, name := range experiments.Names() {
				e, err := experiments.Load(name)
				if err != nil {
					return err
				}
				fmt.Fprintf(w, "%s\t%s\n", name, e.Question)
			}
			return w.Flush()
		},
	}
}
