package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"ranksweep/train/resume"
)

// bell asks the runs of this process for checkpoints; SIGUSR1 rings it.
var bell resume.Bell

const (
	checkpointFlag  = "checkpoint-every"
	checkpointEvery = 10 * time.Minute
)

// checkpoints adds the flag --checkpoint-every. It changes no byte of any run.
func checkpoints(cmd *cobra.Command) {
	cmd.Flags().Duration(checkpointFlag, checkpointEvery, "`TIME` between two checkpoints of a run, as in 90s or 1h; "+
		"0: only at SIGUSR1 and when the sweep is interrupted")
}

// every returns the time between two checkpoints of a run that a command trains.
func every(cmd *cobra.Command) (time.Duration, error) {
	if cmd.Flags().Lookup(checkpointFlag) == nil {
		return checkpointEvery, nil
	}
	d, err := cmd.Flags().GetDuration(checkpointFlag)
	if err == nil && d < 0 {
		err = usageError{fmt.Errorf("--%s %s: must be at least 0", checkpointFlag, d)}
	}
	return d, err
}
