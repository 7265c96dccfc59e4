package main

import (
	"fmt"
	"path/filepath"
	"runtime"

	"ranksweep/experiments"
	"ranksweep/results"
	"ranksweep/userfile"
)

// study returns the runs of the store in dir with a description of its experiment and of this
// machine, on which it is taken to have been trained.
func (h holdings) study(dir string) (results.StudyFiles, error) {
	file := filepath.Join(dir, experimentFile)
	text, err := userfile.Read(file, userfile.Settings)
	if err != nil {
		return results.StudyFiles{}, fmt.Errorf("%s: experiment file: %w: sweep run EXPERIMENT --out %s writes it",
			dir, err, dir)
	}
	e, err := experiments.Load(file)
	if err != nil {
		return results.StudyFiles{}, err
	}
	return results.StudyFiles{
		About: results.About{
			Experiment: e.Name, Question: e.Question, YAML: string(text),
			CPU: processor(), Cores: runtime.NumCPU(),
		},
		Runs: h.all, Grid: h.grid,
	}, nil
}
