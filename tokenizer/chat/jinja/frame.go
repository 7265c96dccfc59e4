package jinja

import "slices"

// frame is a scope as Jinja's compiler sees it (jinja2/idtracking.py). If a scope assigns to a
// name without reading it first, and no scope around it knows the name, then the name has no
// value there until the assignment, even if the template has an input with that name.
type frame struct {
	events []event
	outer  *frame
	inner  []*frame
	names  names
	hidden []string // the names without a value
}

// event is something that happens to a name in a scope.
type event struct {
	act  act
	name string
	ways [][]event // the ways through a branch
}

type act int

const (
	load act = iota
	store
	param
	branch
)

func (f *frame) add(a act, name string) { f.events = append(f.events, event{a, name, nil}) }

func (f *frame) assign(a act, to target) {
	for _, one := range to.several {
		f.assign(a, one)
	}
	switch {
	case to.several != nil:
	case to.attribute != "":
		f.add(load, to.name)
	default:
		f.add(a, to.name)
	}
}

// names are the names that a scope knows so far. The names of a way through a branch lie on top
// of the names from before the branch.
type names struct {
	begin  map[string]origin
	stored map[string]bool
	under  *names
}

// origin says where the first value of a name comes from.
type origin int

const (
	elsewhere origin = iota // a parameter, a scope around this one, or the template's variables
	nowhere
)

func newNames(under *names) names {
	return names{map[string]origin{}, map[string]bool{}, under}
}

func (n *names) knows(name string) bool {
	for ; n != nil; n = n.under {
		if _, ok := n.begin[name]; ok {
			return true
		}
	}
	return false
}

func (n *names) stores(name string) bool {
	for ; n != nil; n = n.under {
		if n.stored[name] {
			return true
		}
	}
	return false
}

func (f *frame) knows(name string) bool {
	for ; f != nil; f = f.outer {
		if f.names.knows(name) {
			return true
		}
	}
	return false
}

// resolve finds the hidden names of f and of the scopes in it.
func (f *frame) resolve() {
	f.names = newNames(nil)
	f.run(&f.names, f.events)
	for name, from := range f.names.begin {
		if from == nowhere {
			f.hidden = append(f.hidden, name)
		}
	}
	slices.Sort(f.hidden)
	for _, inner := range f.inner {
		inner.resolve()
	}
}

func (f *frame) run(n *names, events []event) {
	for _, e := range events {
		known := n.knows(e.name) || e.act != branch && f.outer.knows(e.name)
		switch e.act {
		case load:
			if !known {
				n.begin[e.name] = elsewhere
			}
		case param:
			n.begin[e.name], n.stored[e.name] = elsewhere, true
		case store:
			n.stored[e.name] = true
			if !known {
				n.begin[e.name] = nowhere
			} else if !n.knows(e.name) {
				n.begin[e.name] = elsewhere
			}
		case branch:
			f.branch(n, e.ways)
		}
	}
}

// branch runs the ways of a branch; at most one of them is taken. Afterwards a name that a way
// stores may also still have its earlier value.
func (f *frame) branch(n *names, ways [][]event) {
	after := newNames(nil)
	for _, way := range ways {
		w := newNames(n)
		f.run(&w, way)
		for name, from := range w.begin {
			after.begin[name] = from
		}
		for name := range w.stored {
			after.stored[name] = true
		}
	}
	for name, from := range after.begin {
		n.begin[name] = from
	}
	for name := range after.stored {
		if !n.stores(name) {
			n.begin[name] = elsewhere
		}
		n.stored[name] = true
	}
}
