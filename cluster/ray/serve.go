package ray

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"ranksweep/experiments"
	"ranksweep/results"
	"ranksweep/sweep"
	"ranksweep/wholefile"
)

// Places say where a node has what was sent, by the names in configs.
type Places struct {
	Models map[string]string `json:"models"`
	Data   map[string]string `json:"data"`
}

// Serve is the end of this program on a node. It reads the [Places], and then one order after the other,
// a line each, and answers each with messages, of which the last has the record of the run. It returns when
// there is nothing more to read, in the middle of a run too. Begin makes the scheduler that trains.
func Serve(ctx context.Context, in io.Reader, out io.Writer, begin func(Places) (sweep.Scheduler, error)) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	lines := make(chan []byte)
	go read(ctx, bufio.NewReader(in), lines, end)
	var at Places
	if err := json.Unmarshal(<-lines, &at); err != nil {
		return fmt.Errorf("ray: the places of what was sent: %w", err)
	}
	s, err := begin(at)
	if err != nil {
		return err
	}
	dir, err := wholefile.TempFolder("ranksweep")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for line := range lines {
		if err := answer(ctx, s, dir, line, &speaker{w: out}); err != nil {
			return err
		}
	}
	return nil
}

// read passes lines on until there are no more. Then nobody waits for a run any more.
func read(ctx context.Context, in *bufio.Reader, lines chan<- []byte, end func()) {
	defer close(lines)
	defer end()
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		select {
		case lines <- line:
		case <-ctx.Done():
			return
		}
	}
}

// answer trains the run of an order. What a node cannot train is an answer too.
func answer(ctx context.Context, s sweep.Scheduler, dir string, line []byte, to *speaker) error {
	var o order
	if err := json.Unmarshal(line, &o); err != nil {
		return fmt.Errorf("ray: an order: %w", err)
	}
	files, err := execute(ctx, s, filepath.Join(dir, o.ID), o.Run, to)
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		return to.say(message{Kind: refusedKind, ID: o.ID, Text: err.Error()})
	}
	return to.say(message{Kind: recordKind, ID: o.ID, Files: files})
}

// execute trains a run in a store of its own, and returns its record. The model and the data must be those
// with which the run was planned.
func execute(ctx context.Context, s sweep.Scheduler, dir string, r results.Run, o sweep.Observer) (
	map[string][]byte, error) {
	job, err := sweep.Again(ctx, r, s.Trainers)
	if err != nil {
		return nil, err
	}
	job.Material.Warnings = r.Warnings
	s.Store, s.Observer = results.Open(dir), o
	err = s.Run(ctx, &sweep.Plan{Experiment: &experiments.Experiment{Name: r.Experiment}, Jobs: []sweep.Job{job}})
	if err != nil {
		return nil, err
	}
	files, err := s.Store.Files(r.ID)
	return files, errors.Join(err, os.RemoveAll(dir))
}
