package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-shellwords"
	"github.com/spf13/cobra"

	"ranksweep/cluster/ray"
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
	silence *time.Duration
	at      *ray.Places // of models and data that were sent here; nil: where their names say
}

// trainerFlags adds the flags of a command that trains.
func trainerFlags(cmd *cobra.Command) choice {
	return choice{
		cmd.Flags().String("python", defaultPython(),
			"`PATH` of the Python that runs trainer peft; $RANKSWEEP_PYTHON sets another default"),
		cmd.Flags().StringArray("trainer", nil,
			"another trainer, `NAME=COMMAND`, for runs with trainer: NAME; COMMAND is split at blanks outside quotes, "+
				"without a shell (see docs/trainers.md); repeatable"),
		cmd.Flags().StringSlice("devices", nil,
			"`DEVICES` of trainers other than local, as cuda:0,cuda:1, a run on each at once (default cpu)"),
		cmd.Flags().Duration("silence", external.Silence, "`TIME` for which a trainer other than local may say "+
			"nothing, before its run has failed"),
		nil,
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
		p, err := parseProgram(text)
		if err == nil && slices.Contains(taken, p.Name) {
			err = fmt.Errorf("there is a trainer %s already: choose another name", p.Name)
		}
		if err != nil {
			return nil, usageError{fmt.Errorf("--trainer %q: %w", text, err)}
		}
		all, taken = append(all, p), append(taken, p.Name)
	}
	return all, nil
}

// trainerName is what the name of a trainer may be. It stands in axes, tables and file names.
var trainerName = regexp.MustCompile(`^[\pL\pN._-]+$`)

// parseProgram reads NAME=COMMAND.
func parseProgram(text string) (external.Program, error) {
	name, command, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return external.Program{}, errors.New("must be NAME=COMMAND")
	}
	if !trainerName.MatchString(name) {
		return external.Program{}, fmt.Errorf("name %q: must be of letters, digits, and the signs . _ -", name)
	}
	words, err := commandWords(command)
	return external.Program{Name: name, Command: words}, err
}

// commandWords splits a command into its words as a POSIX shell does, without anything else that
// a shell does.
func commandWords(command string) ([]string, error) {
	p := shellwords.NewParser()
	words, err := p.Parse(command)
	switch {
	case err != nil:
		return nil, errors.New("COMMAND has a quote, a bracket or a backslash that is not closed: quote it")
	case p.Position >= 0:
		return nil, fmt.Errorf("COMMAND has %q, which takes a shell: quote it, or name a script",
			string([]rune(command)[p.Position]))
	case len(words) == 0 || words[0] == "":
		return nil, errors.New("must be NAME=COMMAND")
	}
	return words, nil
}

// workers returns how many runs train at once: one on each device or, if none is named, the
// usual number.
func (c choice) workers(usual int) int {
	return cmp.Or(len(*c.devices), usual)
}

const workersName = "workers"

// workersFlag adds the flag --workers of a command that fills a store.
func workersFlag(cmd *cobra.Command) {
	cmd.Flags().Int(workersName, runtime.GOMAXPROCS(0), "number of runs trained at once")
}

// workersOf is the number that the flag says or, without it, that the devices ask for.
func workersOf(cmd *cobra.Command, c choice) (int, error) {
	n, err := cmd.Flags().GetInt(workersName)
	switch {
	case err != nil:
		return 0, err
	case !cmd.Flags().Changed(workersName):
		return c.workers(n), nil
	case n < 1:
		return 0, usageError{fmt.Errorf("--workers %d: must be at least 1", n)}
	}
	return n, nil
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

// local returns the trainer in this process.
func (c choice) local(cmd *cobra.Command) *local.Trainer {
	l := localTrainer(cmd)
	if c.at != nil {
		l.Find = func(name string) (string, error) { return c.at.Models[name], nil }
		l.Data = func(source string) string { return c.at.Data[source] }
	}
	return l
}

// trainers returns the trainers of a command. The caller closes them.
func trainers(cmd *cobra.Command, by means) (train.Trainers, error) {
	here := by.local(cmd)
	here.Stored = by.form == asStored
	all := train.Trainers{here}
	if *by.silence <= 0 {
		return nil, usageError{fmt.Errorf("--silence %s: must be above 0, as in 90s or 1h", *by.silence)}
	}
	programs, err := by.programs(all.Names())
	if err != nil {
		return nil, err
	}
	material := by.local(cmd)
	material.Stored = true // the other programs compute
	for _, p := range programs {
		t := external.New(cmd.Context(), p, material, by.places(by.workers))
		t.Keep, t.Quiet = by.keep, *by.silence
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
