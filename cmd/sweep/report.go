package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ranksweep/experiments"
	"ranksweep/page"
	"ranksweep/userfile"
	"ranksweep/wholefile"
)

func newReport() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report DIR…",
		Short: "Write a page about stores, as one file of HTML to send to others",
		Long: "Report writes one file that a browser opens from a disk, without a network: the question, what\n" +
			"was found and how sure that is, figures whose axes can be chosen, tables to sort, the settings,\n" +
			"doubts, provenance, the commands that make it again, and the data as CSV. Without scripts and on\n" +
			"paper it has the findings, the figures and the tables. docs/report.md says more.\n\n" + storesHelp,
		Example: "  sweep report runs/quickstart --out report.html\n  sweep report runs/quickstart runs/longer",
		Args:    atLeastOne("DIR"),
	}
	out := cmd.Flags().String("out", "report.html", "`FILE` to write")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *out == "" {
			return usageError{errors.New("report: --out is empty: name a file, as in --out report.html")}
		}
		if err := ofStores(cmd, args); err != nil {
			return err
		}
		from, missing, err := sourceOf(args, cmd.ErrOrStderr())
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

// sourceOf is what a page about stores is made of. What is left out is said to stderr and on the page; missing says
// what of the grids is there, and is nil if all of it is. If there is an error, what is returned has no runs.
func sourceOf(dirs []string, stderr io.Writer) (from page.Source, missing, err error) {
	from.Program = program()
	for _, dir := range dirs {
		e, err := experimentIn(dir)
		if err != nil {
			from.Doubts = append(from.Doubts, fmt.Sprintf("the experiment file cannot be read: %v", err))
		}
		from.Experiments = append(from.Experiments, e)
	}
	var told strings.Builder
	asks := &cobra.Command{}
	asks.SetErr(io.MultiWriter(stderr, &told))
	h, err := storedIn(asks, dirs, wholeRuns)
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

// experimentIn is the experiment of a store. Without a file it has the name of the folder.
func experimentIn(dir string) (page.Experiment, error) {
	of := page.Experiment{Dir: dir, Name: filepath.Base(filepath.Clean(dir))}
	file := filepath.Join(dir, experimentFile)
	e, err := experiments.Load(file)
	if errors.Is(err, fs.ErrNotExist) {
		return of, nil
	}
	if err != nil {
		return of, err
	}
	of.Name, of.Question = e.Name, e.Question
	of.Config, err = userfile.Read(file, userfile.Settings)
	return of, err
}
