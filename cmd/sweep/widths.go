package main

import (
	"io/fs"

	"ranksweep/checkpoint"
	"ranksweep/models"
	"ranksweep/paper"
)

// baseWidths are the widths of the maps of the embedded model.
func baseWidths() (w paper.Widths, err error) {
	const name = "base"
	sub, err := fs.Sub(models.FS, name)
	if err != nil {
		return w, err
	}
	c, err := checkpoint.LoadFS(sub, name)
	if err != nil {
		return w, err
	}
	var maps [][2]int
	for _, l := range c.Model.Linears() {
		maps = append(maps, [2]int{l.Out(), l.In()})
	}
	return paper.NewWidths(maps), nil
}
