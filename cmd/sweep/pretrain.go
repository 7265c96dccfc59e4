package main

import (
	"fmt"
	"math"
	"time"

	"github.com/spf13/cobra"

	"ranksweep/models"
	"ranksweep/paper/number"
	"ranksweep/pretrain"
	"ranksweep/userfile"
)

func newPretrain() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "pretrain --out DIR",
		Short: "Make the embedded base model again, or a model by a recipe of your own",
		Long: "Pretrain trains a small model from random weights, and writes it into DIR as a Hugging\n" +
			"Face folder with its log. Use it by sweep run EXPERIMENT --set model=DIR. Run the same\n" +
			"command again to continue from the last checkpoint. Without --recipe, pretrain makes\n" +
			"the embedded base again, which takes about an hour on two fast cores. For a recipe of\n" +
			"your own, change a copy of DIR/recipe.yaml.",
		Example: "  sweep pretrain --out my-base\n  sweep pretrain --recipe small.yaml --out small",
		Args:    exactly(),
	}
	out := cmd.Flags().String("out", "", "`DIR` for the model")
	file := cmd.Flags().String("recipe", "", "recipe, a YAML `FILE` (default the embedded base's)")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if *out == "" {
			return usageError{fmt.Errorf("pretrain: --out is missing: name a folder for the model")}
		}
		name := *file
		text, err := models.FS.ReadFile("base/recipe.yaml")
		if name != "" {
			text, err = userfile.Read(name, userfile.Settings)
		} else {
			name = "the base's recipe"
		}
		if err != nil {
			return fmt.Errorf("pretrain: recipe: %w", err)
		}
		recipe, err := pretrain.ParseRecipe(name, text)
		if err != nil {
			return err
		}
		if *file == "" {
			recipe.SHA256 = pretrain.Texts{} // the recipe accepts this Go tree, whatever its version
		}
		defer help(recipe.Train.Shards)()
		return pretrain.Run(cmd.Context(), *out, recipe, reportPretraining(cmd))
	}
	return cmd
}

// reportPretraining writes a line every ten seconds, and a line for each held-out loss.
func reportPretraining(cmd *cobra.Command) func(pretrain.Progress) {
	var last time.Time
	var first pretrain.Progress
	return func(p pretrain.Progress) {
		if first.Step == 0 {
			first = p
		}
		held := ""
		if !math.IsNaN(p.Held) {
			held = fmt.Sprintf("  held-out %.3f bits per byte", p.Held)
		}
		if held == "" && time.Since(last) < 10*time.Second {
			return
		}
		last = time.Now()
		left := ""
		if done := p.Step - first.Step; done > 0 {
			perStep := (p.Seconds - first.Seconds) / float64(done)
			left = "  " + roundTime(time.Duration(perStep*float64(p.Steps-p.Step)*float64(time.Second))) + " left"
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "step %d/%d  loss %.4f  gradient norm %s%s%s\n",
			p.Step, p.Steps, p.TrainLoss, number.Significant(p.GradNorm, 3), held, left)
	}
}
