package results

import (
	"slices"

	"ranksweep/grid"
)

// Statuses is Asked for the ID and the Status of each run alone. Of a run in a pack the pack's
// directory tells, if the frame that has the run agrees with its checksum.
func (s *Store) Statuses(g grid.Grid) ([]Run, []error) {
	loose, err := s.looseIDs()
	packs, unread := s.packs.list()
	if err != nil || unread != nil {
		packs = nil // collect says why
	}
	folder := make(map[string]bool, len(loose))
	for _, id := range loose {
		folder[id] = true
	}
	runs, _, problems := collect(s, g, func(id string) (Run, error) {
		if !folder[id] {
			for _, p := range packs {
				if status, ok := p.status(id); ok {
					return Run{ID: id, Status: status}, nil
				}
			}
		}
		r, err := s.View(id)
		return Run{ID: id, Status: r.Status}, err
	})
	return runs, problems
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
