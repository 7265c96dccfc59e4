package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"ranksweep/paper/table"
	"ranksweep/train/external"
)

func newTrainer() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "trainer NAME",
		Short: "Say what another program that trains is made of and what it can train",
		Long: "Trainer starts a trainer that is another program, and prints its versions, the devices\n" +
			"that it finds, and what it can train. If something is missing, it says what, and how to\n" +
			"install it. NAME is peft, which trains with transformers and PEFT in Python, or the name\n" +
			"of a trainer that --trainer starts. An experiment names its trainer in the field trainer.",
		Example: "  sweep trainer peft --python ~/venv/bin/python",
		Args:    exactly("NAME"),
	}
	choice := trainerFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		programs, err := choice.programs()
		if err != nil {
			return err
		}
		var known []string
		for _, p := range programs {
			if p.Name == args[0] {
				return describe(cmd, p, choice)
			}
			known = append(known, p.Name)
		}
		return usageError{fmt.Errorf("unknown trainer %q: known: %s; --trainer NAME=COMMAND adds one", args[0],
			strings.Join(known, ", "))}
	}
	return cmd
}

// describe prints what a program says of itself.
func describe(cmd *cobra.Command, p external.Program, c choice) error {
	t := external.New(cmd.Context(), p, nil, c.places(1))
	defer t.Close()
	facts, err := t.Facts()
	if err != nil {
		return err
	}
	about := table.Table{Title: "trainer " + p.Name}
	table.Fill(&about, facts,
		table.Words("what", func(f external.Fact) string { return f.Name }),
		table.Words("found", func(f external.Fact) string { return f.Text }))
	return about.WriteText(cmd.OutOrStdout())
}
