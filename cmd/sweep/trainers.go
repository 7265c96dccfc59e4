package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ranksweep/models"
	"ranksweep/train"
	"ranksweep/train/external"
	"ranksweep/train/external/peft"
	"ranksweep/train/local"
)

// choice says which trainers there are beside the one in this process, and how they are
// started. Which of them trains a run is a field of the run.
type choice struct {
	python  *string   // runs the trainer peft
	others  *[]string // NAME=COMMAND
	devices *[]string // where these train, each in a process of its own; empty: on the CPU
}

// trainerFlags adds the flags of a command that trains.
func trainerFlags(cmd *cobra.Command) choice {
	return choice{
		cmd.Flags().String("python", defaultPython(),
			"`PATH` of the Python that runs trainer peft; $RANKSWEEP_PYTHON sets another default"),
		cmd.Flags().StringArray("trainer", nil,
			"another trainer, `NAME=COMMAND`, for runs with trainer: NAME (see docs/trainers.md); repeatable"),
		cmd.Flags().StringSlice("devices", nil,
			"`DEVICES` of trainers other than local, as cuda:0,cuda:1, a run on each at once (default cpu)"),
	}
}

func defaultPython() string {
	if python, ok := os.LookupEnv("RANKSWEEP_PYTHON"); ok {
		return python
	}
	return "python3"
}

// programs returns the programs that train beside this one, whose trainers have the names taken.
func (c choice) programs(taken []string) ([]external.Program, error) {
	all := []external.Program{peft.Program(*c.python)}
	taken = append(taken, all[0].Name)
	for _, text := range *c.others {
		name, command, ok := strings.Cut(text, "=")
		words := strings.Fields(command)
		if !ok || name == "" || len(words) == 0 {
			return nil, usageError{fmt.Errorf("--trainer %q: must be NAME=COMMAND", text)}
		}
		if slices.Contains(taken, name) {
			return nil, usageError{fmt.Errorf("--trainer %q: there is a trainer %s already: choose another name",
				text, name)}
		}
		all, taken = append(all, external.Program{Name: name, Command: words}), append(taken, name)
	}
	return all, nil
}

// workers returns how many runs train at once: one on each device or, if none is named, the
// usual number.
func (c choice) workers(usual int) int {
	return cmp.Or(len(*c.devices), usual)
}

// places returns the device of each process.
func (c choice) places(workers int) []string {
	if len(*c.devices) == 0 {
		return slices.Repeat([]string{external.CPU}, workers)
	}
	return *c.devices
}

// means is how the runs of a command are trained. No result of the trainer in this process
// depends on it.
type means struct {
	choice
	form    storage // the format of frozen weights
	workers int     // the largest number of runs at once
	keep    bool    // runs bring their adapters
}

// trainers returns the trainers of a command. The caller closes them.
func trainers(cmd *cobra.Command, by means) (train.Trainers, error) {
	here := localTrainer(cmd)
	here.Stored = by.form == asStored
	all := train.Trainers{here}
	programs, err := by.programs(all.Names())
	if err != nil {
		return nil, err
	}
	material := localTrainer(cmd)
	material.Stored = true // the other programs compute
	for _, p := range programs {
		t := external.New(cmd.Context(), p, material, by.places(by.workers))
		t.Keep = by.keep
		all = append(all, t)
	}
	return all, nil
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

// tellUnused says that trainers found devices on which they do not train.
func tellUnused(w io.Writer, all train.Trainers) {
	for _, t := range all {
		if x, ok := t.(*external.Trainer); ok {
			for _, device := range x.Unused() {
				fmt.Fprintf(w, "sweep: trainer %s trains on the CPU, and found %s: --devices %s trains there\n",
					x.Name(), device, strings.Fields(device)[0])
			}
		}
	}
}
