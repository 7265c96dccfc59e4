package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"ranksweep/paper"
	"ranksweep/paper/figure"
	"ranksweep/paper/table"
)

func newTable() *cobra.Command {
	return &cobra.Command{
		Use:   "table DIR…",
		Short: "Print the tables of stores, and write them to DIR/tables as CSV",
		Long: "Table prints what stores hold: a summary with a row for each scheme and rank, the\n" +
			"fitted powers of rank beside those of theory, comparisons of schemes and ranks, and\n" +
			"how nuisance values were chosen. Nothing is trained.\n\n" + storesHelp,
		Example: "  sweep table runs/quickstart\n  sweep table runs/quickstart runs/longer",
		Args:    atLeastOne("DIR"),
		PreRunE: ofStores,
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := viewFolder(args)
			if err != nil {
				return err
			}
			h, err := storedIn(cmd, args)
			if err != nil {
				return err
			}
			return cmp.Or(showTables(cmd.OutOrStdout(), h, dir), h.missing)
		},
	}
}

// showTables prints every table of a store and, last, what was found in plain sentences;
// and writes the tables below dir.
func showTables(w io.Writer, h holdings, dir string) error {
	view := h.view()
	tables, err := paper.Tables(view)
	if err != nil {
		return err
	}
	found, err := paper.Found(view)
	if err != nil {
		return err
	}
	if err := writeTables(w, tables); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "\n%s", found)
	return errors.Join(err, paper.WriteTables(tables, dir))
}

// drawFigures draws figures of a view, all or the named ones, below dir.
func drawFigures(v paper.View, dir string, names ...string) ([]figure.Figure, error) {
	figures, err := paper.Figures(v, names...)
	if err != nil {
		return nil, err
	}
	return figures, paper.WriteFigures(figures, dir)
}

// writeTables prints tables, a blank line between them.
func writeTables(w io.Writer, tables []table.Table) error {
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

// tellWhere prints where the tables and figures of a store are.
func tellWhere(cmd *cobra.Command, dir string) {
	fmt.Fprintf(cmd.ErrOrStderr(), "tables: %s\nfigures: %s\n",
		filepath.Join(dir, "tables"), filepath.Join(dir, "figures"))
}
