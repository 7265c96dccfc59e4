package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"ranksweep/experiments"
	"ranksweep/results"
)

// study is what a store in dir holds, with what its experiment says of itself
// and what it was trained on, if that was this machine.
func (h holdings) study(dir string) (results.StudyFiles, error) {
	file := filepath.Join(dir, "experiment.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		return results.StudyFiles{}, fmt.Errorf("%s: its experiment: %w: sweep run writes it", dir, err)
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
