package main

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"ranksweep/paper/table"
)

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
