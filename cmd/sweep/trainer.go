package main

import (
	"github.com/spf13/cobra"

	"ranksweep/paper/table"
	"ranksweep/train"
)

func newTrainer() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "trainer NAME",
		Short: "Say what a trainer is made of and what it can train",
		Long: "Trainer prints what a trainer is made of and what it can train. One that is another\n" +
			"program is started, and says its versions and the devices that it finds. If something\n" +
			"is missing, it says what, and how to install it. NAME is local, which trains in this\n" +
			"process; peft, which trains with transformers and PEFT in Python; or the name of a\n" +
			"trainer that --trainer starts. An experiment names its trainer in the field trainer.",
		Example: "  sweep trainer peft --python ~/venv/bin/python",
		Args:    exactly("NAME"),
	}
	choice := trainerFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		all, err := trainers(cmd, means{choice, asFloat32, 1, false})
		if err != nil {
			return err
		}
		defer all.Close()
		t, err := all.Named(args[0])
		if err != nil {
			return usageError{err}
		}
		return describe(cmd, t)
	}
	return cmd
}

// describe prints what a trainer says of itself.
func describe(cmd *cobra.Command, t train.Trainer) error {
	facts, err := train.Facts(t)
	if err != nil {
		return err
	}
	about := table.Table{Title: "trainer " + t.Name()}
	table.Fill(&about, facts,
		table.Words("what", func(f train.Fact) string { return f.Name }),
		table.Words("found", func(f train.Fact) string { return f.Text }))
	return about.WriteText(cmd.OutOrStdout())
}
