package page

import (
	"ranksweep/analysis"
	"ranksweep/grid"
	"ranksweep/paper"
	"ranksweep/results"
)

// A Source is what a page is made of.
type Source struct {
	Experiments []Experiment // one for each store; at least one
	Program     string       // that writes the page

	Rows   []analysis.Row // the reported runs
	All    []results.Run  // the runs of all phases
	Grid   grid.Grid
	View   paper.View // of Rows
	Doubts []string   // about the store as a whole: what is missing or cannot be read
}

// An Experiment is what a store is of.
type Experiment struct {
	Dir      string // of the store, as commands name it
	Name     string
	Question string // as its file has it; may be empty
	Config   []byte // its file, with every field resolved; may be empty
}
