package results

import (
	"slices"

	"ranksweep/grid"
)

// Statuses is Asked for the ID and the Status of each run alone. Of a run in a pack the pack's
// directory tells, if the frame that has the run agrees with its checksum; of a run in a large
// store an index tells, if the record has not changed since it was read.
func (s *Store) Statuses(g grid.Grid) ([]Run, []error) {
	look := s.look()
	defer look.close()
	runs, _, problems := collect(s, g, look.status)
	return runs, problems
}

// AllSettled is [Store.Settled] for some runs at once: those of them that are settled.
func (s *Store) AllSettled(ids []string) (map[string]bool, error) {
	look := s.look()
	defer look.close()
	all, i := make(map[string]bool), 0
	for r, err := range Each(ids, look.status) {
		settled, err := settles(r, err)
		if err != nil {
			return nil, err
		}
		if settled {
			all[ids[i]] = true
		}
		i++
	}
	return all, nil
}

// statusReader finds how runs ended, without reading more than it must.
type statusReader struct {
	store  *Store
	folder map[string]bool // runs that have one
	packs  []*pack
	index  *statusIndex // nil without one
}

func (s *Store) look() *statusReader {
	loose, _ := s.looseIDs() // whoever reads a run meets the error again
	packs, _ := s.packs.list()
	folder := make(map[string]bool, len(loose))
	for _, id := range loose {
		folder[id] = true
	}
	return &statusReader{s, folder, packs, s.index(len(loose))}
}

func (l *statusReader) close() {
	if l.index != nil {
		l.index.close(l.folder)
	}
}

// status returns a run that has nothing but its ID and its Status.
func (l *statusReader) status(id string) (Run, error) {
	if l.folder[id] && l.index != nil {
		loose := func() (Run, error) { return l.store.loose(id, decodeView) }
		if r, err := l.index.status(id, loose); err == nil {
			return Run{ID: id, Status: r.Status}, nil
		}
	}
	if !l.folder[id] {
		for _, p := range l.packs {
			if status, ok := p.status(id); ok {
				return Run{ID: id, Status: status}, nil
			}
		}
	}
	r, err := l.store.View(id)
	return Run{ID: id, Status: r.Status}, err
}

// status returns the status of a run whose frame is whole.
func (p *pack) status(id string) (Status, bool) {
	i, ok := p.at[id]
	if !ok || p.wrong != nil || !p.whole(i) {
		return "", false
	}
	at := slices.IndexFunc(p.Frames[i].Runs, func(r packedRun) bool { return r.ID == id })
	return p.Frames[i].Runs[at].Status, true
}

// whole reports whether a frame agrees with its checksum. A frame is looked at once.
func (p *pack) whole(frame int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	whole, looked := p.checked[frame]
	if !looked {
		_, err := p.bytes(frame)
		whole = err == nil
		p.checked[frame] = whole
	}
	return whole
}
