package main

import (
	"io/fs"
	"strings"

	"ranksweep/checkpoint"
	"ranksweep/models"
	"ranksweep/nn"
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
	return paper.NewWidths(mapsOf(c.Model)), nil
}

// mapsOf are the maps of a model that adapters are on.
func mapsOf(m *nn.Model) (maps []paper.Map) {
	for _, l := range m.Linears() {
		maps = append(maps, paper.Map{Name: l.Name[strings.LastIndex(l.Name, ".")+1:], Out: l.Out(), In: l.In()})
	}
	return maps
}
