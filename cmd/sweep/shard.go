package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"ranksweep/cluster"
	"ranksweep/paper/number"
	"ranksweep/results"
	"ranksweep/sweep"
)

// earlyError says that a shard needs runs of others, which are not there yet. Its exit status is
// [cluster.EarlyStatus].
type earlyError struct{ error }

const shardName = "shard"

// shardFlag adds the flag --shard.
func shardFlag(cmd *cobra.Command) {
	cmd.Flags().String(shardName, "", "train one part of the grid alone, `N/M`: the N-th of M, as in 3/64")
}

// shardOf returns the shard that a command is to train.
func shardOf(cmd *cobra.Command) (sweep.Shard, error) {
	if !cmd.Flags().Changed(shardName) {
		return sweep.Shard{}, nil
	}
	s, err := sweep.ParseShard(cmd.Flag(shardName).Value.String())
	if err != nil {
		return s, usageError{err}
	}
	return s, nil
}

// showPart prints the runs of a shard.
func showPart(w io.Writer, p *sweep.Plan, s sweep.Shard) error {
	part := p.Part(s, nil)
	if len(part.Jobs) == 0 {
		_, err := fmt.Fprintf(w, "shard %s: none of %s\n", s, number.Count(len(p.Jobs), "run"))
		return err
	}
	return planTable(part).WriteText(w)
}

// tellPart says what became of a shard's part of a phase. It returns an error if runs of it failed.
func tellPart(w io.Writer, store *results.Store, s sweep.Shard, p, part *sweep.Plan) error {
	var runs []results.Run
	count := make(map[results.Status]int)
	for _, j := range part.Jobs {
		r, err := store.Get(j.ID)
		if _, newer := errors.AsType[*results.NewerError](err); err != nil && !newer {
			return err
		}
		runs = append(runs, r)
		count[r.Status]++
	}
	var states []string
	for _, status := range []results.Status{results.Done, results.Diverged, results.Failed} {
		if n := count[status]; n > 0 {
			states = append(states, fmt.Sprintf("%d %s", n, status))
		}
	}
	if n := count[""]; n > 0 {
		states = append(states, fmt.Sprintf("%d written by a newer program", n))
	}
	kind := "run"
	if p.Tunes() {
		kind = "tuning run"
	}
	if len(states) == 0 {
		states = append(states, "nothing to do")
	}
	_, err := fmt.Fprintf(w, "shard %s: %d of %s: %s\n", s, len(part.Jobs), number.Count(len(p.Jobs), kind),
		strings.Join(states, ", "))
	return errors.Join(err, failures(runs))
}

// awaited returns an error if runs of a phase are not there, or failed, in other shards: what
// follows depends on all of them.
func awaited(p *sweep.Plan, runs []results.Run, dir string) error {
	status := make(map[string]results.Status)
	for _, r := range runs {
		status[r.ID] = r.Status
	}
	missing, failed := 0, 0
	for _, j := range p.Jobs {
		switch status[j.ID] {
		case "":
			missing++
		case results.Failed:
			failed++
		}
	}
	if missing+failed == 0 {
		return nil
	}
	kind, follow := "run", "more may follow"
	if p.Tunes() {
		kind, follow = "tuning run", "the reported runs follow"
	}
	return earlyError{fmt.Errorf("of %s, %d are not in %s yet and %d failed: when all are there, %s; "+
		"exit status %d: start me again when the other shards have ended", number.Count(len(p.Jobs), kind), missing,
		dir, failed, follow, cluster.EarlyStatus)}
}
