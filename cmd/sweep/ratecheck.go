package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"ranksweep/paper"
	"ranksweep/sweep"
	"ranksweep/transfer"
)

// rateCheck measures the answer of sweep transfer on a user's own model.
type rateCheck struct {
	out    storeFolder
	set    *[]string
	form   *storage
	choice choice
}

func newRateCheck(cmd *cobra.Command) rateCheck {
	c := rateCheck{storeFlag(cmd), overrides(cmd), storageFlag(cmd), trainerFlags(cmd)}
	workersFlag(cmd)
	checkpoints(cmd)
	return c
}

// run trains the experiment of an answer and prints what the transferred rate loses.
func (c rateCheck) run(cmd *cobra.Command, q transfer.Question, a *transfer.Answer, model, data string) error {
	set, err := a.Check(q, model, data)
	if err != nil {
		return usageError{err}
	}
	workers, err := workersOf(cmd, c.choice)
	if err != nil {
		return err
	}
	p, trainers, err := plan(cmd, transfer.Experiment, slices.Concat(set, *c.set), false,
		means{c.choice, *c.form, workers, false})
	if err != nil {
		return err
	}
	defer trainers.Close()
	tellUnused(cmd.ErrOrStderr(), trainers)
	dir := c.out.of(p)
	if err := fill(cmd, p, trainers, dir, workers, "", sweep.Shard{}); err != nil {
		return err
	}
	h, err := stored(cmd, dir)
	if err != nil {
		return err
	}
	t, err := paper.RateCheck(h.view(), a.Ways[0].Power)
	if err != nil {
		return err
	}
	if err := t.WriteText(cmd.OutOrStdout()); err != nil {
		return err
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "store: %s; sweep table and sweep plot show all of it\n", dir)
	return failures(h.all)
}
