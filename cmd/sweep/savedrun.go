package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"ranksweep/grid"
	"ranksweep/results"
	"ranksweep/train/resume"
)

// savedRun is a run that has a checkpoint and no result.
type savedRun struct {
	Run   string  `json:"run"`             // its ID
	Place string  `json:"place"`           // in its grid, as in "rank=4 seed=0"
	Step  int     `json:"step"`            // updates made
	Steps int     `json:"steps"`           // updates of the whole run
	Age   float64 `json:"age_seconds"`     // of the checkpoint
	Host  string  `json:"host"`            // that wrote it
	File  string  `json:"file"`            // its path
	Unfit string  `json:"unfit,omitempty"` // why the run cannot go on from it
}

// savedRuns returns the runs of a store that have a checkpoint and no result. They go on from
// it if it was made as runs are made here.
func savedRuns(s *results.Store, g grid.Grid, here results.Provenance) (all []savedRun, err error) {
	ids, err := s.Checkpoints()
	all = []savedRun{} // in JSON a list, though empty
	for _, id := range ids {
		r := savedRun{Run: id, File: s.CheckpointFile(id)}
		info, err := os.Stat(r.File)
		if errors.Is(err, fs.ErrNotExist) {
			continue // the run has just ended
		}
		if err != nil {
			return nil, err
		}
		r.Age = max(0, time.Since(info.ModTime()).Seconds())
		if err := cmp.Or(r.read(s, here), r.place(g)); err != nil {
			r.Unfit = err.Error()
		}
		all = append(all, r)
	}
	return all, err
}

// place finds the run in its grid. If that is unknown, any run may be in it.
func (r *savedRun) place(g grid.Grid) error {
	planned := g.All()
	i := slices.IndexFunc(planned, func(p grid.Planned) bool { return p.ID == r.Run })
	if len(planned) == 0 {
		return nil
	}
	if i < 0 {
		return errors.New("the experiment does not ask for its run")
	}
	r.Place = placeOf(planned[i])
	return nil
}

// read reads the checkpoint.
func (r *savedRun) read(s *results.Store, here results.Provenance) error {
	content, err := s.ReadCheckpoint(r.Run)
	if err != nil {
		return err
	}
	c, err := resume.Summarize(content)
	if err != nil {
		return err
	}
	r.Step, r.Steps, r.Host = c.Step, c.Steps, c.Writer.Host
	// The ID of a run holds its trainer.
	return c.Must(resume.Identity{Run: r.Run, Trainer: c.Trainer, Program: here.Program, Go: here.Go})
}

// String says how far the run is, as a line of status.
func (r savedRun) String() string {
	name := "run " + r.Run
	if r.Place != "" {
		name += ", " + r.Place
	}
	return fmt.Sprintf("%s: step %d of %d, %s old, by host %s", name, r.Step, r.Steps, spokenSeconds(r.Age), r.Host)
}
