package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"ranksweep/foreign"
	"ranksweep/paper/number"
)

func newImport() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import FILE... --out FOLDER",
		Short: "Make a store of results that were trained elsewhere",
		Long: "Import makes a store of runs that others trained, which table, plot and export read as any\n" +
			"store. FILE is a CSV, whose columns --map explains; a folder that the trainer of Hugging\n" +
			"Face wrote, with trainer_state.json and adapter_config.json; a result of PEFT's method\n" +
			"comparison; or the page of sweep tables of the Tinker cookbook. What a file does not state\n" +
			"is absent, and a footnote says so. Imported runs cannot be verified or trained again.\n\n" +
			"docs/import.md has the map.",
		Example: "  sweep import wandb.csv --map map.yaml --out runs/theirs\n" +
			"  sweep import outputs/r16 outputs/r64 --out runs/theirs",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{errors.New("import: FILE is missing; see sweep import --help")}
			}
			return nil
		},
	}
	out := cmd.Flags().String("out", "", "`FOLDER` of the store; created if missing")
	mapped := cmd.Flags().String("map", "", "`FILE` that says what columns mean and what all runs share")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *out == "" {
			return usageError{errors.New("import: --out FOLDER is missing; see sweep import --help")}
		}
		var m *foreign.Map
		if *mapped != "" {
			var err error
			if m, err = foreign.ReadMap(*mapped); err != nil {
				return err
			}
		}
		in, err := foreign.Read(args, m)
		if err != nil {
			return err
		}
		if err := in.Write(*out, program()); err != nil {
			return err
		}
		for _, text := range in.LeftOut {
			fmt.Fprintf(cmd.ErrOrStderr(), "sweep: left out: %s\n", text)
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s of %s imported into %s\n", number.Count(len(in.Runs), "run"),
			number.Count(len(in.Sources), "file"), *out)
		return err
	}
	return cmd
}

// refuseImported refuses to train into the store of an import.
func refuseImported(dir string) error {
	if foreign.IsStore(dir) {
		return fmt.Errorf("%s is a store of imported runs, since it has %s: name another folder by --out", dir,
			foreign.File)
	}
	return nil
}
