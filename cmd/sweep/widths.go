package main

import (
	"io/fs"
	"strings"
	"sync"

	"ranksweep/checkpoint"
	"ranksweep/models"
	"ranksweep/nn"
	"ranksweep/paper"
)

// baseModel is the embedded model.
var baseModel = sync.OnceValues(func() (*checkpoint.Checkpoint, error) {
	const name = "base"
	sub, err := fs.Sub(models.FS, name)
	if err != nil {
		return nil, err
	}
	return checkpoint.LoadFS(sub, name)
})

// baseWidths are the widths of the maps of the embedded model.
func baseWidths() (w paper.Widths, err error) {
	c, err := baseModel()
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
