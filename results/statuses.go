package results

import "ranksweep/grid"

// Statuses is Asked for the ID and the Status of each run alone.
func (s *Store) Statuses(g grid.Grid) ([]Run, []error) {
	runs, _, problems := collect(s, g, func(id string) (Run, error) {
		r, err := s.View(id)
		return Run{ID: id, Status: r.Status}, err
	})
	return runs, problems
}
