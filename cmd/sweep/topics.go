package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ranksweep/analysis"
	"ranksweep/experiments"
	"ranksweep/paper"
	"ranksweep/results"
)

// fieldsTopic is sweep help fields.
func fieldsTopic() *cobra.Command {
	var b strings.Builder
	b.WriteString("What an experiment file can hold. Every field can be an axis of its grid, and can be set by " +
		"--set.\n\n")
	for _, k := range experiments.Keys() {
		fmt.Fprintf(&b, "  %s: %s\n      %s\n", k.Key, k.Example, k.Meaning)
	}
	for _, f := range experiments.Fields() {
		fmt.Fprintf(&b, "\n  %s, %s\n      %s\n", f.Path, strings.Join(traitsOf(f), "; "), f.Meaning)
	}
	return &cobra.Command{Use: "fields", Short: "Every field of an experiment file", Long: b.String()}
}

// traitsOf are a field's type, unit, default and allowed values.
func traitsOf(f experiments.FieldText) []string {
	all := []string{f.Type}
	for _, part := range []struct{ head, text string }{
		{"in ", f.Unit}, {"default ", f.Default}, {"allowed: ", f.Allowed},
	} {
		if part.text != "" {
			all = append(all, part.head+part.text)
		}
	}
	return all
}

// columnsTopic is sweep help columns.
func columnsTopic() *cobra.Command {
	var b strings.Builder
	b.WriteString("The columns of the CSV files that sweep writes, with their units. A value that is absent is " +
		"empty.\n")
	file := ""
	for _, c := range columns() {
		if c.File != file {
			file = c.File
			fmt.Fprintf(&b, "\n%s\n", file)
		}
		unit := ""
		if c.Unit != "" {
			unit = " (" + c.Unit + ")"
		}
		fmt.Fprintf(&b, "  %s%s\n      %s\n", c.Name, unit, c.Meaning)
	}
	return &cobra.Command{Use: "columns", Short: "Every column of the CSV files", Long: b.String()}
}

// columns are those of all CSV files.
func columns() []results.ColumnText {
	return slices.Concat(paper.Columns(), results.Columns(analysis.Tables()...))
}
