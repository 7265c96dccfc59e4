package main

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"ranksweep/analysis"
	"ranksweep/grid"
	"ranksweep/results"
)

func newExport() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export DIR… [RUN…]",
		Short: "Write the runs, curves and cells of stores as CSV, Parquet or event files, or adapters as PEFT folders",
		Long: "Export writes CSV files into --out: one row for each run, one row for each step, one row\n" +
			"for each step and adapted map, the means over seeds, and the fitted powers of rank.\n" +
			"columns.csv explains each column with its unit. An absent value is an empty field. Runs\n" +
			"that choose nuisance values have phase tuning; planned runs that are not in the store have\n" +
			"status missing. A text that a spreadsheet would take for a formula begins with an\n" +
			"apostrophe. With local grids, all runs are exported, and the best run of each seed is marked.\n\n" +
			"With --format parquet, the same tables are Parquet files: numbers, times and truths have\n" +
			"their types, what is absent is null, and texts have no apostrophe. With --format long, one\n" +
			"file has a row for each measured value: long.csv, as pandas and R like it. With --format\n" +
			"tensorboard, --out/tensorboard has an event file for each run: tensorboard --logdir reads\n" +
			"them, with settings as hyperparameters. TensorBoard keeps values as float32; the time of a\n" +
			"step is reckoned from start and duration of its run. Other files in --out stay as they are.\n\n" +
			"With --adapters, export writes a PEFT folder for each RUN, or for all runs. A store\n" +
			"keeps no adapters. So a run whose adapter is not in the folder yet is trained again,\n" +
			"which gives the same bytes, and its curve is compared with the stored one.\n\n" +
			"RUN is the ID of a run, or the beginning of one. " + severalHelp +
			" In\nan export, the axes of a run are those of its own grid.",
		Example: "  sweep export runs/quickstart --out report\n" +
			"  sweep export runs/quickstart --out report --format parquet,long\n" +
			"  sweep export runs/quickstart --out report --format tensorboard\n" +
			"  sweep export runs/quickstart --adapters adapters 0f3c",
		Args: func(cmd *cobra.Command, args []string) error {
			if adapters, _ := cmd.Flags().GetString("adapters"); adapters != "" || len(args) == 0 {
				return atLeastOne("DIR")(cmd, args)
			}
			if _, runs := storesAnd(args); len(runs) > 0 {
				return usageError{fmt.Errorf("export: %q is no store, and a RUN needs --adapters", runs[0])}
			}
			return nil
		},
	}
	out := cmd.Flags().String("out", "", "`FOLDER` for the files; created if missing")
	format := cmd.Flags().String("format", string(results.CSV), "`FORMAT` of the files: "+results.FormNames()+
		", or several with commas between them")
	handed := cmd.Flags().String("adapters", "", "`FOLDER` for adapters; created if missing")
	completeFlag(cmd, "format", textsOf(results.Forms), cobra.ShellCompDirectiveDefault)
	choice := trainerFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *out == "" && *handed == "" {
			return usageError{errors.New("export: --out is missing: " +
				"name a folder for CSV files by --out, or for adapters by --adapters")}
		}
		forms, err := results.ParseForms(*format)
		if err != nil {
			return usageError{fmt.Errorf("export: --format: %w", err)}
		}
		dirs, ids := storesAnd(args)
		if err := ofStores(cmd, dirs); err != nil {
			return err
		}
		defer boundMemory()()
		h, err := export(cmd, dirs, *out, forms)
		if err != nil {
			return err
		}
		if *handed != "" {
			if err := exportAdapters(cmd, choice, h, dirs, adapters(*handed), ids); err != nil {
				return err
			}
		}
		if len(ids) > 0 {
			return nil // --adapters alone is done
		}
		return cmp.Or(h.missing, failures(analysis.Trained(h.runs)))
	}
	return cmd
}

// export writes what stores hold into a folder, in some forms. Without a folder it only reads.
func export(cmd *cobra.Command, dirs []string, out string, forms []results.Form) (h holdings, err error) {
	// A run that two stores have is kept twice, until it is known which of them counts.
	rests := make([]*results.Rest, len(dirs))
	for i := range rests {
		if out != "" && err == nil {
			rests[i], err = results.NewRest(out)
		}
		defer rests[i].Close()
	}
	if err != nil {
		return h, err
	}
	var outlines []results.Outlines
	opened, err := openStores(cmd, dirs, func(s *results.Store, g grid.Grid) ([]results.Run, int, []error) {
		o, others, problems := s.Outlines(g, rests[len(outlines)])
		outlines = append(outlines, o)
		return o.Runs, others, problems
	})
	if err != nil {
		return h, err
	}
	if h, err = heldBy(cmd, opened); err != nil || out == "" {
		return h, err
	}
	var left []map[string]bool
	for _, o := range opened {
		left = append(left, o.left)
	}
	return h, analysis.Export(results.JoinOutlines(outlines, left), h.runs, h.grid, out, forms...)
}

// exportAdapters hands out the adapters of the runs with the given IDs, or of
// all runs.
func exportAdapters(cmd *cobra.Command, c choice, h holdings, dirs []string, to adapters, ids []string) (err error) {
	runs, of := analysis.Trained(h.runs), h.storeOf(dirs[0])
	if len(ids) > 0 {
		if runs, err = named(dirs, of, ids); err != nil {
			return err
		}
		for _, r := range runs {
			if why := noAdapter(r); why != "" {
				return errors.New(why)
			}
		}
	} else if runs, err = whole(of, withAdapters(cmd.ErrOrStderr(), runs)); err != nil {
		return err
	}
	if len(runs) == 0 {
		return nil
	}
	if err := to.handOut(cmd, c, runs); err != nil {
		return err
	}
	return to.list(runs).WriteText(cmd.OutOrStdout())
}
