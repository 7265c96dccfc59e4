package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ranksweep/explain"
	"ranksweep/transfer"
)

func newTransfer() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "transfer CONFIG [MODEL DATA]",
		Short: "Say what alpha and learning rate to set at another rank, and how sure that is",
		Long: "Transfer reads the settings of an adapter that was tuned at one rank, in any file that\n" +
			"sweep explain knows, and says what to set at another rank. There are three answers: what\n" +
			"keeps the best learning rate the best, what keeps the first step, and what keeps only the\n" +
			"multiplier. Each says whether it is derived or measured, with the numbers of this\n" +
			"project's report, and what speaks against it.\n\n" +
			"With --check, it trains the settings on MODEL and DATA at both ranks, at rates around the\n" +
			"tuned and the transferred one, with four seeds and a few steps, as sweep run transfer\n" +
			"does, and says what the transferred rate loses there. Runs stay in the store; --set\n" +
			"changes steps, batch, rates or seeds.",
		Example: "  sweep transfer my-adapter/adapter_config.json --to-rank 256 --lr 2e-4\n" +
			"  sweep transfer qlora.yaml --to-rank 256 --tool all\n" +
			"  sweep transfer qlora.yaml --to-rank 256 --check SmolLM2-135M notes.jsonl --set steps=60",
		Args: func(cmd *cobra.Command, args []string) error {
			if check, _ := cmd.Flags().GetBool("check"); check {
				return exactly("CONFIG", "MODEL", "DATA")(cmd, args)
			}
			return exactly("CONFIG")(cmd, args)
		},
	}
	var q transfer.Question
	cmd.Flags().IntVar(&q.Rank, "to-rank", 0, "`RANK` that is wanted")
	cmd.Flags().Float64Var(&q.LR, "lr", 0, "`RATE` that was tuned (default that of the file)")
	cmd.Flags().StringVar(&q.Optimizer, "optimizer", "", "`NAME` of the optimizer (default that of the file, or "+
		"adamw)")
	tool := cmd.Flags().String("tool", "",
		"`TOOL` in whose words settings are printed, or all (default that of the file)")
	asJSON := cmd.Flags().Bool("json", false, "print JSON")
	check := cmd.Flags().Bool("check", false, "measure the first answer on MODEL and DATA")
	c := newRateCheck(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if !cmd.Flags().Changed("to-rank") {
			return usageError{errors.New("transfer: --to-rank is missing: name the rank that is wanted")}
		}
		e, err := explain.File(args[0])
		if err != nil {
			return err
		}
		q.Settings, q.NotUnderstood = e.Settings, e.NotUnderstood
		a, err := transfer.Ask(q)
		if err != nil {
			return err
		}
		words, err := settingsIn(a.Ways[0].Settings, e.Tool, *tool)
		switch {
		case err != nil:
			return usageError{err}
		case *check:
			return c.run(cmd, q, a, args[1], args[2])
		case *asJSON:
			return json.NewEncoder(cmd.OutOrStdout()).Encode(a)
		}
		return a.WriteText(cmd.OutOrStdout(), e, words)
	}
	return cmd
}

// settingsIn writes settings in the words of the wanted tool, of all, or of the file's own.
func settingsIn(s explain.Settings, own, wanted string) ([]explain.Equivalent, error) {
	all := explain.InTools(s)
	if wanted == "all" {
		return all, nil
	}
	if wanted == "" {
		wanted = own
	}
	var names []string
	for _, q := range all {
		if strings.EqualFold(q.Tool, wanted) {
			return []explain.Equivalent{q}, nil
		}
		names = append(names, q.Tool)
	}
	if strings.EqualFold(wanted, own) { // which is only read
		return all[:1], nil
	}
	return nil, fmt.Errorf("transfer: tool %q: must be one of %s, or all", wanted,
		strings.Join(slices.Compact(names), ", "))
}
