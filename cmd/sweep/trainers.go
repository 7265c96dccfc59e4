package main

import (
	"github.com/spf13/cobra"

	"ranksweep/hub"
	"ranksweep/models"
	"ranksweep/sweep"
	"ranksweep/train"
)

// trainers returns the trainers of a command. Frozen weights have the given format.
func trainers(cmd *cobra.Command, form storage) sweep.Trainers {
	l := local(cmd)
	l.Stored = form == asStored
	return sweep.Trainers{l}
}

// local returns the trainer in this process. It fetches models that are neither embedded
// nor on disk.
func local(cmd *cobra.Command) *train.Local {
	l := train.NewLocal(models.FS)
	l.Program = program()
	l.Find = func(name string) (string, error) {
		n, ok := hub.ParseName(name)
		return find(cmd.Context(), cmd.ErrOrStderr(), name, n, ok)
	}
	return l
}
