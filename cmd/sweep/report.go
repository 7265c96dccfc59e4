package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"ranksweep/experiments"
	"ranksweep/page"
	"ranksweep/wholefile"
)

func newReport() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report DIR",
		Short: "Write a page about a store, as one file of HTML to send to others",
		Long: "Report writes one file that a browser opens from a disk, without a network: the question, what\n" +
			"was found and how sure that is, figures whose axes can be chosen, tables to sort, the settings,\n" +
			"doubts, provenance, the commands that make it again, and the data as CSV. Without scripts and on\n" +
			"paper it has the findings, the figures and the tables. docs/report.md says more.\n\n" + storeHelp,
		Example: "  sweep report runs/quickstart --out report.html",
		Args:    exactly("DIR"),
	}
	out := cmd.Flags().String("out", "report.html", "`FILE` to write")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *out == "" {
			return usageError{errors.New("report: --out is empty: name a file, as in --out report.html")}
		}
		if err := ofStore(cmd, args); err != nil {
			return err
		}
		h, err := stored(cmd, args[0])
		if err != nil {
			return err
		}
		p, err := pageOf(h, args[0])
		if err != nil {
			return err
		}
		if err := wholefile.Write(*out, p.Write); err != nil {
			return fmt.Errorf("report: %w", err)
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "report: %s\n", *out)
		return h.missing
	}
	return cmd
}

// pageOf is the page about a store.
func pageOf(h holdings, dir string) (page.Page, error) {
	from := page.Source{Name: filepath.Base(filepath.Clean(dir)), Dir: dir, Program: program(),
		Rows: h.runs, All: h.all, Grid: h.grid, View: h.view()}
	if text := h.coverage.String(); text != "" {
		from.Doubts = append(from.Doubts, text)
	}
	file := filepath.Join(dir, experimentFile)
	switch e, err := experiments.Load(file); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		from.Doubts = append(from.Doubts, "The experiment file cannot be read: "+err.Error())
	default:
		if from.Config, err = os.ReadFile(file); err != nil {
			return page.Page{}, err
		}
		from.Name, from.Question = e.Name, e.Question
	}
	return page.New(from)
}
