package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"

	"ranksweep/chart"
	"ranksweep/experiments"
	"ranksweep/paper"
)

// ownFigures returns the figures that an experiment asks for, or what is wrong with one of them.
func ownFigures(e *experiments.Experiment) (specs []chart.Spec, err error) {
	taken := paper.FigureNames()
	for i, figure := range e.Figures {
		var spec chart.Spec
		for _, o := range figure {
			err = errors.Join(err, spec.Set(o.Name, o.Value))
		}
		if err == nil {
			spec, err = spec.Checked()
		}
		if err == nil && slices.Contains(taken, spec.Name) {
			err = fmt.Errorf("name %s: another figure has it: give this one another by name", spec.Name)
		}
		if err != nil {
			return nil, e.InFigure(i, err)
		}
		specs, taken = append(specs, spec), append(taken, spec.Name)
	}
	return specs, nil
}

// storedFigures are the figures that the experiment of a store asks for.
func storedFigures(dir string) ([]chart.Spec, error) {
	e, err := experiments.Load(filepath.Join(dir, experimentFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return ownFigures(e)
}

// drawOwn draws the figures that the experiment of a store asks for, with what a spec says of every figure, and
// prints their captions. What cannot be drawn is said, and is no reason to leave out the others.
func drawOwn(w, problems io.Writer, h holdings, dir string, by chart.Spec) {
	specs, err := storedFigures(dir)
	if err != nil {
		fmt.Fprintf(problems, "sweep: figures of your own are not drawn: %v\n", err)
	}
	for _, spec := range specs {
		if err := drawChart(w, h, dir, spec.Restyled(by)); err != nil {
			fmt.Fprintf(problems, "sweep: figure %s is not drawn: %v\n", spec.Name, err)
		}
	}
}
