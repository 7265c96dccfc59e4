package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ranksweep/checkpoint"
	"ranksweep/lora"
	"ranksweep/lora/peft"
)

func newMerge() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "merge MODEL ADAPTER --out DIR",
		Short: "Write a model with an adapter merged into its weights, as a Hugging Face folder",
		Long: "Merge adds γBA to the weights of every map that a PEFT adapter adapts, gives their rows\n" +
			"the lengths that DoRA's magnitudes say where there are some, and writes the\n" +
			"model with its tokenizer into a folder that transformers loads. Sums are float32;\n" +
			"the weights are stored in the form that MODEL has them in. F16 and BF16 round them,\n" +
			"to 3 and 2 digits: --dtype F32 keeps all of a small γBA.\n\n" +
			modelHelp + " ADAPTER is a PEFT folder, or the hub's name of one.",
		Example: "  sweep merge SmolLM2 my-adapter --out merged",
		Args:    exactly("MODEL", "ADAPTER"),
	}
	out := cmd.Flags().String("out", "", "`DIR` for the merged model; created if missing")
	form := cmd.Flags().String("dtype", "", "format of the weights: `F32`, F16 or BF16 (default MODEL's own)")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *out == "" {
			return usageError{errors.New("merge: --out is missing: name a folder for the merged model")}
		}
		c, err := local(cmd).Copy(args[0])
		if err != nil {
			return err
		}
		if *form != "" {
			if c.DType, err = dtypeNamed(*form); err != nil {
				return usageError{err}
			}
		}
		folder, err := adapterFolder(cmd, args[1])
		if err != nil {
			return err
		}
		f, err := peft.Read(folder, c.Model)
		if err != nil {
			return err
		}
		if err := vacant(*out); err != nil {
			return err
		}
		if err := lora.Merge(c.Model, f.Adapters); err != nil {
			return err
		}
		if err := checkpoint.Save(*out, c, c.DType); err != nil {
			return err
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %s merged, weights %s\n", *out, summary(f.Adapters), c.DType)
		return err
	}
	return cmd
}

// dtypeNamed returns the format of weights with that name.
func dtypeNamed(name string) (checkpoint.DType, error) {
	for _, d := range []checkpoint.DType{checkpoint.F32, checkpoint.F16, checkpoint.BF16} {
		if strings.EqualFold(name, d.String()) {
			return d, nil
		}
	}
	return 0, fmt.Errorf("merge: --dtype %s: must be F32, F16 or BF16", name)
}

// vacant returns an error if the folder holds a model already.
func vacant(dir string) error {
	path := filepath.Join(dir, "config.json")
	switch _, err := os.Stat(path); {
	case err == nil:
		return fmt.Errorf("merge: %s exists already: name another folder by --out", path)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return nil
}
