// Package experiments holds the questions that come with the program, one
// YAML file each, and is where a file of one's own is read too.
package experiments

import (
	"embed"

	"ranksweep/sweep"
)

// FS has one file NAME.yaml for every embedded experiment.
//
//go:embed *.yaml
var FS embed.FS

// Names lists the embedded experiments in alphabetical order.
func Names() ([]string, error) { return sweep.Names(FS) }

// Load reads an embedded experiment by its name, or a YAML file by its path.
func Load(name string) (*sweep.Experiment, error) { return sweep.LoadFS(FS, name) }
