package main

import (
	"ranksweep/experiments"
	"ranksweep/grid"
	"ranksweep/paper/number"
	"ranksweep/sweep"
)

// placeOf is where a run stands in its grid, as the grid's file has it.
func placeOf(p grid.Planned) string { return experiments.Point{Axes: p.Axes}.String() }

// places writes where runs stand in their grid, with numbers as tables write them.
type places map[string]func(value string) string // by axis

func placesOf(jobs []sweep.Job) places {
	values := make(map[string][]string)
	for _, j := range jobs {
		for _, a := range j.Axes {
			values[a.Name] = append(values[a.Name], a.Value)
		}
	}
	p := make(places)
	for axis, list := range values {
		p[axis] = number.AlikeTexts(list...)
	}
	return p
}

// of returns the place of a run, as in "rank=4 lr=1e-4".
func (p places) of(j sweep.Job) string {
	return experiments.Point{Axes: j.Axes}.Written(func(a grid.Coordinate) string {
		if write := p[a.Name]; write != nil {
			return write(a.Value)
		}
		return a.Value
	})
}
