package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"ranksweep/explain"
)

func newExplain() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain CONFIG…",
		Short: "Print what another tool's adapter settings mean: gamma at each rank, traps, equivalents",
		Long: "Explain reads a PEFT adapter_config.json, a LLaMA-Factory, Axolotl or torchtune YAML,\n" +
			"or the arguments of Unsloth's get_peft_model as YAML or JSON. It prints γ at each rank,\n" +
			"the convention that the settings follow, the traps that they fall into, and the same\n" +
			"settings for each of the other tools and for an experiment. It changes nothing.",
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
		for i, file := range args {
			e, err := explain.File(file)
			if err != nil {
				return err
			}
			if *asJSON {
				err = json.NewEncoder(cmd.OutOrStdout()).Encode(e)
			} else {
				if i > 0 {
					fmt.Fprintln(cmd.OutOrStdout())
				}
				err = e.WriteText(cmd.OutOrStdout())
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	return cmd
}
