package main

import (
	"github.com/spf13/cobra"

	"ranksweep/models"
	"ranksweep/train"
	"ranksweep/train/local"
)

// trainers returns the trainers of a command. Frozen weights have the given format.
func trainers(cmd *cobra.Command, form storage) train.Trainers {
	l := localTrainer(cmd)
	l.Stored = form == asStored
	return train.Trainers{l}
}

// localTrainer returns the trainer in this process. It fetches models that are neither embedded
// nor on disk.
func localTrainer(cmd *cobra.Command) *local.Trainer {
	l := local.New(models.FS)
	l.Program = program()
	l.Find = func(name string) (string, error) {
		return find(cmd.Context(), cmd.ErrOrStderr(), name, false)
	}
	return l
}
