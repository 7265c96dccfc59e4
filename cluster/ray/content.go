package ray

import (
	"context"
	"errors"

	"ranksweep/sweep"
)

// content is what runs need on a node, by the names in their configs.
type content struct {
	Kind    string          `json:"type"`
	Program Item            `json:"program"`
	Models  map[string]Item `json:"models"`
	Data    map[string]Item `json:"data"`
}

// Items returns what jobs need on the nodes, by the names in their configs; the program is sweep.
func (s Settings) Items(ctx context.Context, jobs []sweep.Job) (map[string]Item, error) {
	all, err := s.content(ctx, jobs, make(map[string]Item))
	items := map[string]Item{programName: all.Program}
	for _, more := range []map[string]Item{all.Models, all.Data} {
		for name, i := range more {
			items[name] = i
		}
	}
	return items, err
}

// programName is the name of this program on the nodes.
const programName = "sweep"

// content returns what jobs need on the nodes. What was read before is known by its path.
func (s Settings) content(ctx context.Context, jobs []sweep.Job, known map[string]Item) (all content, err error) {
	all = content{Kind: contentKind, Models: make(map[string]Item), Data: make(map[string]Item)}
	if all.Program, err = itemAt(ctx, s.Program, known); err != nil {
		return all, err
	}
	all.Program.Files[0].Name = programName
	for _, j := range jobs {
		err := errors.Join(add(ctx, all.Models, j.Config.Model, s.Model, known),
			add(ctx, all.Data, j.Config.Data.Source, s.Data, known))
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

// add adds the item of a name, unless it is there or the program has it.
func add(ctx context.Context, to map[string]Item, name string, find func(string) (string, error),
	known map[string]Item) error {
	if _, there := to[name]; there {
		return nil
	}
	path, err := find(name)
	if path == "" || err != nil {
		return err
	}
	to[name], err = itemAt(ctx, path, known)
	return err
}

// itemAt reads a file or a folder once.
func itemAt(ctx context.Context, path string, known map[string]Item) (i Item, err error) {
	i, there := known[path]
	if !there {
		if i, err = itemOf(ctx, path); err == nil {
			known[path] = i
		}
	}
	return i, err
}
