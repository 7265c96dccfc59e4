package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ranksweep/checkpoint"
	"ranksweep/lora"
	"ranksweep/lora/peft"
	"ranksweep/paper/number"
)

func newMerge() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "merge MODEL ADAPTER --out DIR",
		Short: "Write a model with an adapter merged into its weights, as a Hugging Face folder",
		Long: "Merge adds γBA to the weights of every map that a PEFT adapter adapts, gives their rows\n" +
			"the lengths that DoRA's magnitudes say where there are some, and writes the\n" +
			"model with its tokenizer into a folder that transformers loads. Sums are float32;\n" +
			"the weights are stored in the form that MODEL has them in. F16 and BF16 round them,\n" +
			"to 3 and 2 digits: merge prints how much of the change is kept, the inner product of\n" +
			"the stored change and the change over the latter's square, and --dtype F32 keeps all.\n" +
			"The model's other files, such as generation_config.json, are copied.\n\n" +
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
		c, err := localTrainer(cmd).Copy(args[0])
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
		kept, err := merge(c, f.Adapters)
		if err != nil {
			return err
		}
		if err := checkpoint.Save(*out, c, c.DType); err != nil {
			return err
		}
		leftOut, err := checkpoint.SaveRest(*out, c)
		if err != nil {
			return err
		}
		if len(leftOut) > 0 {
			fmt.Fprintf(cmd.ErrOrStderr(), "sweep: not copied from the model's folder: %s\n",
				strings.Join(leftOut, ", "))
		}
		if kept < leastKept {
			fmt.Fprintf(cmd.ErrOrStderr(), "sweep: rounding to %s takes a part of what the adapter learned: "+
				"--dtype F32 keeps all of it\n", c.DType)
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %s merged, weights %s, which keep %s%% of the change\n",
			*out, summary(f.Adapters), c.DType, number.Fixed(100*kept, 1))
		return err
	}
	return cmd
}

// leastKept is the part of an adapter's change below which merge recommends float32.
const leastKept = 0.95

// merge merges adapters into the model of c. It returns the part of the change of its weights
// that files in the form c.DType keep.
func merge(c *checkpoint.Checkpoint, adapters []lora.Trained) (float64, error) {
	before := make(map[string][]float32)
	for _, l := range c.Model.Linears() {
		if slices.ContainsFunc(adapters, func(t lora.Trained) bool { return t.Module == l.Name }) {
			before[l.Name] = slices.Clone(l.Weight.Data)
		}
	}
	if err := lora.Merge(c.Model, adapters); err != nil {
		return 0, err
	}
	var kept, all float64
	for _, l := range c.Model.Linears() {
		if w, ok := before[l.Name]; ok {
			k, a := c.DType.Kept(w, l.Weight.Data)
			kept, all = kept+k, all+a
		}
	}
	if all == 0 {
		return 1, nil // the adapter changes nothing
	}
	return kept / all, nil
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
