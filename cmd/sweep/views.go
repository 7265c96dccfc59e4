package main

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"ranksweep/paper"
)

func newTable() *cobra.Command {
	return &cobra.Command{
		Use:   "table DIR",
		Short: "Print the tables of a store, and write them to DIR/tables as CSV",
		Long: "Table prints what a store holds: a summary with a row for each scheme and rank, the\n" +
			"fitted powers of rank beside those of theory, comparisons of schemes and ranks, and\n" +
			"how nuisance values were chosen. Nothing is trained.\n\n" + storeHelp,
		Example: "  sweep table runs/quickstart",
		Args:    exactly("DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			h, err := stored(cmd, args[0])
			if err != nil {
				return err
			}
			if err := printTables(cmd.OutOrStdout(), h); err != nil {
				return err
			}
			return cmp.Or(paper.WriteTables(h.runs, h.tuned, args[0]), h.missing)
		},
	}
}

func newPlot() *cobra.Command {
	return &cobra.Command{
		Use:   "plot DIR",
		Short: "Draw the figures of a store into DIR/figures, as SVG, PNG and PDF",
		Long: "Plot draws loss and gradient norm against steps and the onset gradient norm against\n" +
			"rank, and prints their captions. Nothing is trained.\n\n" + storeHelp,
		Example: "  sweep plot runs/quickstart",
		Args:    exactly("DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			h, err := stored(cmd, args[0])
			if err != nil {
				return err
			}
			if err := paper.WriteFigures(h.runs, args[0]); err != nil {
				return err
			}
			figures, err := paper.Figures(h.runs)
			if err != nil {
				return err
			}
			for _, f := range figures {
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s\n  %s\n",
					filepath.Join(args[0], "figures", f.Name+".{svg,png,pdf}"), f.Caption)
				if err != nil {
					return err
				}
			}
			return h.missing
		},
	}
}

// printTables prints every table of a store and, last, what was found in plain sentences.
func printTables(w io.Writer, h holdings) error {
	tables, err := paper.Tables(h.runs, h.tuned)
	if err != nil {
		return err
	}
	found, err := paper.Found(h.runs, h.absent)
	if err != nil {
		return err
	}
	if err := writeTables(w, tables); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "\n%s", found)
	return err
}

// writeTables prints tables, a blank line between them.
func writeTables(w io.Writer, tables []paper.Table) error {
	for i, t := range tables {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if err := t.WriteText(w); err != nil {
			return err
		}
	}
	return nil
}

// tellWhere says where the tables and figures of a store are.
func tellWhere(cmd *cobra.Command, dir string) {
	fmt.Fprintf(cmd.ErrOrStderr(), "tables: %s\nfigures: %s\n", filepath.Join(dir, "tables"),
		filepath.Join(dir, "figures"))
}
