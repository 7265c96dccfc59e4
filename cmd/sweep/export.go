package main

import (
	"cmp"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"ranksweep/analysis"
	"ranksweep/results"
)

func newExport() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export DIR [RUN…]",
		Short: "Write a store's runs, curves and cells as CSV, Parquet or event files, or adapters as PEFT folders",
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
			"RUN is the ID of a run, or the beginning of one. " + storeHelp,
		Example: "  sweep export runs/quickstart --out report\n" +
			"  sweep export runs/quickstart --out report --format parquet,long\n" +
			"  sweep export runs/quickstart --out report --format tensorboard\n" +
			"  sweep export runs/quickstart --adapters adapters 0f3c",
		Args: func(cmd *cobra.Command, args []string) error {
			if adapters, _ := cmd.Flags().GetString("adapters"); adapters != "" && len(args) > 0 {
				return nil
			}
			return exactly("DIR")(cmd, args)
		},
	}
	out := cmd.Flags().String("out", "", "`FOLDER` for the files; created if missing")
	format := cmd.Flags().String("format", string(results.CSV), "`FORMAT` of the files: "+results.FormNames()+
		", or several with commas between them")
	handed := cmd.Flags().String("adapters", "", "`FOLDER` for adapters; created if missing")
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
		if err := ofStore(cmd, args); err != nil {
			return err
		}
		dir, ids := args[0], args[1:]
		grid, err := results.ReadGrid(dir)
		if err != nil {
			return err
		}
		defer debug.SetGCPercent(debug.SetGCPercent(50)) // a large store: 100,000 runs in 1 GB
		var left *results.Rest
		if *out != "" {
			if left, err = results.NewRest(*out); err != nil {
				return err
			}
		}
		defer left.Close()
		outlines, others, problems := results.Open(dir).Outlines(grid, left)
		h, err := holdingsOf(cmd, dir, grid, outlines.Runs, others, problems)
		if err != nil {
			return err
		}
		if *out != "" {
			if err := analysis.Export(outlines, h.runs, h.grid, *out, forms...); err != nil {
				return err
			}
		}
		if *handed != "" {
			if err := exportAdapters(cmd, choice, dir, adapters(*handed), ids, analysis.Trained(h.runs)); err != nil {
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

// exportAdapters hands out the adapters of the runs with the given IDs, or of
// all runs.
func exportAdapters(
	cmd *cobra.Command, c choice, dir string, to adapters, ids []string, runs []results.Run,
) (err error) {
	if len(ids) > 0 {
		if runs, err = named(dir, ids); err != nil {
			return err
		}
		for _, r := range runs {
			if why := noAdapter(r); why != "" {
				return errors.New(why)
			}
		}
	} else if runs, err = whole(dir, withAdapters(cmd.ErrOrStderr(), runs)); err != nil {
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
