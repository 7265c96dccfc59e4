package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"ranksweep/explain"
)

func newExplain() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain CONFIG…",
		Short: "Print what another tool's adapter settings mean: gamma at each rank, traps, equivalents",
		Long: "Explain reads a PEFT adapter_config.json or its folder, a config of LLaMA-Factory,\n" +
			"Axolotl, TRL, ms-swift, torchtune, mlx-lm or Ludwig, or the arguments of LoraConfig or\n" +
			"of Unsloth's get_peft_model as YAML or JSON. It prints γ at each rank, the convention\n" +
			"that the settings follow, the traps that they fall into, and the same settings for each\n" +
			"of the other tools and for an experiment. It names the keys that it does not understand,\n" +
			"and refuses a file that names no adapter. It changes nothing.",
		Example: "  sweep explain my-adapter/adapter_config.json\n" +
			"  sweep explain qlora.yaml --json",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return nil
			}
			return exactly("CONFIG")(cmd, args)
		},
	}
	asJSON := cmd.Flags().Bool("json", false, "print JSON, one line per file")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		var failed []error
		for i, file := range args {
			err := explainFile(cmd.OutOrStdout(), file, *asJSON)
			failed = append(failed, err)
			if err == nil && !*asJSON && i < len(args)-1 {
				fmt.Fprintln(cmd.OutOrStdout())
			}
		}
		return errors.Join(failed...)
	}
	return cmd
}

func explainFile(w io.Writer, file string, asJSON bool) error {
	e, err := explain.File(file)
	switch {
	case err != nil:
		return err
	case asJSON:
		return json.NewEncoder(w).Encode(e)
	}
	return e.WriteText(w)
}
