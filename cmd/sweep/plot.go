package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ranksweep/analysis"
	"ranksweep/chart"
	"ranksweep/paper"
	"ranksweep/paper/figure"
)

func newPlot() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "plot DIR… [FIGURE…]",
		Short: "Draw the figures of stores into DIR/figures, as SVG, PNG and PDF, or one of your own",
		Long: "Plot draws loss and gradient norm against steps and the onset gradient norm against\n" +
			"rank, and prints their captions. Nothing is trained. FIGURE draws that one alone:\n" +
			strings.Join(paper.FigureNames(), ", ") + ".\n\n" +
			"Figures that the experiment file asks for under figures are drawn too.\n\n" +
			"With --x, --y or another of these flags it draws a figure of your own: any axis, field,\n" +
			"statistic or quantity against any other. The data of every figure are written beside it as CSV.\n" +
			"docs/figures.md shows ten figures and the command of each.\n\n" +
			"--where, --title, --width, --format and --name go with FIGURE and with all figures too. A\n" +
			"figure of the runs that --where leaves is called FIGURE-chosen.\n\n" + storesHelp,
		Example: "  sweep plot runs/quickstart\n  sweep plot runs/quickstart activations\n" +
			"  sweep plot runs/quickstart --x rank --y val_loss --lines scaling --width 3.25in\n" +
			"  sweep plot runs/quickstart loss --where 'rank >= 16' --width 3.25in\n" +
			"  sweep plot runs/quickstart runs/longer loss",
		Args: atLeastOne("DIR"),
		PreRunE: func(cmd *cobra.Command, args []string) error {
			dirs, figures := storesAnd(args)
			if len(figures) > 0 && strings.ContainsRune(figures[0], filepath.Separator) {
				return noStore(figures[0], "run") // no figure has such a name
			}
			return ofStores(cmd, dirs)
		},
	}
	for _, o := range chart.Options {
		short := ""
		if len(o.Name) == 1 {
			short = o.Name // cobra completes a flag of one letter only by its short form
		}
		cmd.Flags().StringP(o.Name, short, "", o.Meaning)
	}
	completeFigures(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		spec, own, err := specOf(cmd.Flags())
		dirs, figures := storesAnd(args)
		switch {
		case own != "" && len(figures) > 0:
			err = fmt.Errorf("plot: FIGURE %s, --%s: this flag describes a figure of your own: leave one of the "+
				"two out", figures[0], own)
		case err != nil:
		case own == "" && spec.Name != "" && len(figures) != 1:
			err = fmt.Errorf("plot: --name %s: must go with one FIGURE, or with --x and --y", spec.Name)
		}
		if err != nil {
			return usageError{err}
		}
		dir, err := viewFolder(dirs)
		if err != nil {
			return err
		}
		h, err := storedIn(cmd, dirs, wholeRuns)
		if err != nil {
			return err
		}
		if own != "" {
			return cmp.Or(drawChart(cmd.OutOrStdout(), h, dir, spec), h.missing)
		}
		err = drawNamed(cmd.OutOrStdout(), h, dir, figures, spec)
		if err == nil && len(figures) == 0 {
			drawOwn(cmd.OutOrStdout(), cmd.ErrOrStderr(), h, dir, spec)
		}
		return cmp.Or(err, h.missing)
	}
	return cmd
}

// storesAnd takes arguments apart into stores, of which the first is one, and what follows them.
func storesAnd(args []string) (dirs, rest []string) {
	n := 1
	for n < len(args) && isStore(args[n]) && !slices.Contains(paper.FigureNames(), args[n]) {
		n++
	}
	return args[:n], args[n:]
}

// specOf returns what flags say of a figure. own is the first of them that describes a figure of the user's own;
// without one the others are about figures that have a name.
func specOf(flags *pflag.FlagSet) (spec chart.Spec, own string, err error) {
	for _, o := range chart.Options {
		if !flags.Changed(o.Name) {
			continue
		}
		value, _ := flags.GetString(o.Name) // the flag is there
		err = errors.Join(err, spec.Set(o.Name, value))
		if own == "" && !o.IsOfEvery() {
			own = o.Name
		}
	}
	switch {
	case err != nil:
	case own != "":
		spec, err = spec.Checked()
	default:
		err = spec.CheckWhere()
	}
	return spec, own, err
}

// drawNamed draws the named figures, of this program or of the experiment, with what a spec says of every figure,
// and prints their captions. Without names it draws those of this program that are drawn unasked.
func drawNamed(w io.Writer, h holdings, dir string, names []string, by chart.Spec) error {
	own, err := storedFigures(dir)
	if err != nil && len(names) > 0 {
		return err
	}
	asked := len(names)
	for _, spec := range own {
		i := slices.Index(names, spec.Name)
		if i < 0 {
			continue
		}
		if err := drawChart(w, h, dir, spec.Restyled(by)); err != nil {
			return err
		}
		names = slices.Delete(slices.Clone(names), i, i+1)
	}
	if asked > 0 && len(names) == 0 {
		return nil
	}
	figures, err := drawUsual(h, dir, names, by)
	if err != nil {
		return err
	}
	for _, f := range figures {
		if err := tellFigure(w, dir, f.Name, by.Format, f.Caption); err != nil {
			return err
		}
	}
	return nil
}

// drawUsual draws figures of this program, as [drawNamed] says.
func drawUsual(h holdings, dir string, names []string, by chart.Spec) ([]figure.Figure, error) {
	view := h.view()
	if err := h.count(by); err != nil {
		return nil, err
	}
	if by.Where != "" {
		chosen, err := chart.Choose(by.Where, h.runs)
		if err != nil {
			return nil, err
		}
		view = view.Chosen(chosen)
	}
	figures, err := paper.Figures(view, names...)
	if err != nil {
		return nil, err
	}
	if figures, err = paper.Restyled(figures, by); err != nil {
		return nil, err
	}
	return figures, paper.WriteFigures(figures, dir, by.Format...)
}

// drawChart draws a figure of the user's own, and prints its caption.
func drawChart(w io.Writer, h holdings, dir string, spec chart.Spec) error {
	if err := h.count(spec); err != nil {
		return err
	}
	c, err := paper.NewChart(spec, h.source(dir))
	if err != nil {
		return err
	}
	if err := c.Write(dir); err != nil {
		return err
	}
	return tellFigure(w, dir, c.Name, c.Format, c.Figure().Caption)
}

// tellFigure prints the names of a figure's files, of all formats if none is named, and its caption.
func tellFigure(w io.Writer, dir, name string, formats []string, caption string) error {
	if len(formats) == 0 {
		formats = chart.Formats
	}
	files := name + ".{" + strings.Join(formats, ",") + ",csv}"
	_, err := fmt.Fprintf(w, "%s\n  %s\n", filepath.Join(dir, "figures", files), caption)
	return err
}

// source is what figures of the user's own can show.
func (h holdings) source(dir string) chart.Source {
	s := chart.Source{Reported: h.runs, Nuisance: h.grid.Nuisance, Coverage: h.coverage}
	tuning, reported := make(map[string]bool), make(map[string]bool)
	for _, p := range h.grid.Tuning {
		tuning[p.ID] = true
	}
	for _, r := range analysis.Records(h.runs) {
		reported[r.ID] = true
	}
	for _, r := range h.all {
		switch {
		case reported[r.ID]:
		case tuning[r.ID]:
			s.Tuning = append(s.Tuning, r)
		default:
			s.Tried = append(s.Tried, r)
		}
	}
	s.Modules = h.modules(dir)
	return s
}
