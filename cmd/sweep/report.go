package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

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
		from, missing, err := sourceOf(args[0], cmd.ErrOrStderr())
		if err != nil {
			return err
		}
		p, err := page.New(from)
		if err != nil {
			return err
		}
		if err := wholefile.Write(*out, p.Write); err != nil {
			return fmt.Errorf("report: %w", err)
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "report: %s\n", *out)
		return missing
	}
	return cmd
}

// sourceOf is what a page about a store is made of. What is left out is said to stderr and on the page; missing says
// what of the grid is there, and is nil if all of it is. If there is an error, what is returned has no runs.
func sourceOf(dir string, stderr io.Writer) (from page.Source, missing, err error) {
	from = page.Source{Name: filepath.Base(filepath.Clean(dir)), Dir: dir, Program: program()}
	file := filepath.Join(dir, experimentFile)
	switch e, err := experiments.Load(file); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		from.Doubts = append(from.Doubts, "the experiment file cannot be read: "+err.Error())
	default:
		if from.Config, err = os.ReadFile(file); err != nil {
			return from, nil, err
		}
		from.Name, from.Question = e.Name, e.Question
	}
	var told strings.Builder
	asks := &cobra.Command{}
	asks.SetErr(io.MultiWriter(stderr, &told))
	h, err := stored(asks, dir)
	if err != nil {
		return from, nil, err
	}
	if text := h.coverage.String(); text != "" {
		from.Doubts = append(from.Doubts, text)
	}
	for line := range strings.Lines(told.String()) {
		from.Doubts = append(from.Doubts, strings.TrimPrefix(strings.TrimSpace(line), "sweep: "))
	}
	from.Rows, from.All, from.Grid, from.View = h.runs, h.all, h.grid, h.view()
	return from, h.missing, nil
}
