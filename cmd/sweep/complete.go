package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ranksweep/chart"
	"ranksweep/experiments"
	"ranksweep/paper"
	"ranksweep/paper/table"
	"ranksweep/results"
)

// completeExperiments lets shells complete EXPERIMENT, beside files, and the fields of --set.
func completeExperiments(cmd *cobra.Command) {
	cmd.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return experiments.Names(), cobra.ShellCompDirectiveDefault
	}
	var fields []string
	for _, f := range experiments.Fields() {
		fields = append(fields, f.Name+"=")
	}
	completeFlag(cmd, "set", fields, cobra.ShellCompDirectiveNoSpace)
}

// completeFlag lets shells complete the value of a flag.
func completeFlag(cmd *cobra.Command, flag string, values []string, then cobra.ShellCompDirective) {
	offer := cobra.FixedCompletions(values, then|cobra.ShellCompDirectiveNoFileComp)
	if err := cmd.RegisterFlagCompletionFunc(flag, offer); err != nil {
		panic(err) // the flag is there
	}
}

// completeStores lets shells complete DIR, and RUN and FIGURE after it, of every command that has them.
func completeStores(root *cobra.Command) {
	for _, cmd := range root.Commands() {
		if !strings.HasPrefix(cmd.Use, cmd.Name()+" DIR") {
			continue
		}
		several := strings.Contains(cmd.Use, "DIR…") || strings.Contains(cmd.Use, "DIR...")
		runs, figures := strings.Contains(cmd.Use, "[RUN…]"), strings.Contains(cmd.Use, "[FIGURE…]")
		cmd.ValidArgsFunction = func(_ *cobra.Command, args []string, begun string) (
			offered []string, then cobra.ShellCompDirective) {
			if len(args) == 0 || several {
				offered = storesLike(begun)
			}
			if len(args) > 0 && figures {
				offered = append(offered, paper.FigureNames()...)
			}
			if len(args) > 0 && runs {
				offered = append(offered, runsLike(args[0], begun)...)
			}
			if len(args) > 0 && !several {
				return offered, cobra.ShellCompDirectiveNoFileComp
			}
			return offered, cobra.ShellCompDirectiveDefault
		}
	}
}

// storesLike are the stores whose paths begin as a word does: in the folder that it names, and in runs.
func storesLike(begun string) (paths []string) {
	folders := map[string]bool{filepath.Dir(begun + "x"): true, "runs": true}
	for folder := range folders {
		entries, _ := os.ReadDir(folder) // what cannot be read has none to offer
		for _, e := range entries {
			path := filepath.Join(folder, e.Name())
			if strings.HasPrefix(path, begun) && isThere(filepath.Join(path, experimentFile)) {
				paths = append(paths, path)
			}
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// runsLike are the runs of a store whose IDs begin as a word does.
func runsLike(dir, begun string) []string {
	ids, _ := results.Open(dir).IDs() // a store that cannot be read has none to offer
	return slices.DeleteFunc(ids, func(id string) bool { return !strings.HasPrefix(id, begun) })
}

// completeFigures lets shells complete the options of a figure of one's own.
func completeFigures(cmd *cobra.Command) {
	names := make(map[string]bool)
	for _, f := range experiments.Fields() {
		names[f.Name] = true
	}
	for _, name := range chart.Names() {
		delete(names, name) // is offered already
	}
	fields := slices.Sorted(maps.Keys(names))
	for _, o := range chart.Options {
		values := o.Completions()
		if slices.Contains([]string{"x", "lines", "panels", "where"}, o.Name) {
			values = append(values, fields...)
		}
		completeFlag(cmd, o.Name, values, cobra.ShellCompDirectiveDefault)
	}
}

// completeTables lets shells complete the formats of tables.
func completeTables(cmd *cobra.Command) {
	completeFlag(cmd, "format", textsOf(table.Formats), cobra.ShellCompDirectiveDefault)
	offer := func(_ *cobra.Command, dirs []string, begun string) ([]string, cobra.ShellCompDirective) {
		return referencesLike(dirs, begun), cobra.ShellCompDirectiveNoFileComp
	}
	if err := cmd.RegisterFlagCompletionFunc("against", offer); err != nil {
		panic(err) // the flag is there
	}
}

// referencesLike are the values on the axes of stores, AXIS=VALUE, that begin as a word does.
func referencesLike(dirs []string, begun string) (all []string) {
	for _, dir := range dirs {
		g, _ := results.ReadGrid(dir) // what cannot be read has none to offer
		for _, p := range g.Runs {
			for _, a := range p.Axes {
				if word := a.Name + "=" + a.Value; a.Name != "seed" && strings.HasPrefix(word, begun) {
					all = append(all, word)
				}
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// textsOf are the values of a type that is a text.
func textsOf[T ~string](values []T) (all []string) {
	for _, v := range values {
		all = append(all, string(v))
	}
	return all
}
