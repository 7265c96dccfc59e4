package results

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"ranksweep/wholefile"
)

// Tidy removes what processes left in the store that were killed: leases, and records and
// checkpoints that they began to write. It also removes checkpoints of runs that have a record.
// All that is harmless, but a store in which nothing is going on should hold only records, so
// that two stores can be compared. What ended processes of this host left is removed at once.
// What other hosts left is removed if it stayed the same for some minutes between two calls. So
// Tidy is worth calling when long work begins and when it ends.
//
// Locks and the folder .partial, which older programs made, are removed at once: an older
// program must not fill a store while this one does.
func (s *Store) Tidy() error {
	if err := s.tidy(); err != nil {
		return fmt.Errorf("results: tidying: %w", err)
	}
	return nil
}

func (s *Store) tidy() error {
	entries, err := s.files.ReadDir(s.runs)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var gone []string
	for _, e := range entries {
		name := e.Name()
		if id, lease := strings.CutSuffix(strings.TrimPrefix(name, "."), leaseSuffix); lease {
			s.removeStale(id)
		}
		if s.needless(name) || name == ".partial" || strings.HasPrefix(name, ".") && strings.HasSuffix(name, ".lock") {
			gone = append(gone, name)
		}
	}
	packs, _ := s.files.ReadDir(s.packs.folder) // none where nothing was packed
	for _, name := range wholefile.Abandoned(s.packs.folder, packs) {
		gone = append(gone, filepath.Join(packsFolder, name))
	}
	for _, name := range append(gone, wholefile.Abandoned(s.runs, entries)...) {
		if err := s.files.RemoveAll(filepath.Join(s.runs, name)); err != nil {
			return err
		}
	}
	return nil
}
