package main

import (
	"github.com/spf13/cobra"

	"ranksweep/experiments"
)

// completeExperiments lets shells complete EXPERIMENT, beside files, and the fields of --set.
func completeExperiments(cmd *cobra.Command) {
	cmd.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return experiments.Names(), cobra.ShellCompDirectiveDefault
	}
	fields := func(*cobra.Command, []string, string) (names []string, then cobra.ShellCompDirective) {
		for _, f := range experiments.Fields() {
			names = append(names, f.Name+"=")
		}
		return names, cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
	}
	if err := cmd.RegisterFlagCompletionFunc("set", fields); err != nil {
		panic(err) // the flag is there
	}
}
