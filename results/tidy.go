package results

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// Tidy removes what killed processes left in the store: claims that nobody holds any more,
// and a half-written record. Both are harmless, but a store in which nothing is going on
// should hold only records, so that two stores can be compared.
func (s *Store) Tidy() error {
	if err := s.tidy(); err != nil {
		return fmt.Errorf("results: tidying: %w", err)
	}
	return nil
}

func (s *Store) tidy() error {
	unlock, _, err := s.lock(".lock", wait)
	if err != nil {
		return err
	}
	defer unlock()
	if err := os.RemoveAll(filepath.Join(s.runs, ".partial")); err != nil {
		return err
	}
	entries, err := os.ReadDir(s.runs)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if claim, _ := filepath.Match(".?*.lock", e.Name()); !claim {
			continue
		}
		unlock, ok, err := s.lock(e.Name(), (*flock.Flock).TryLock)
		if err != nil {
			return err
		}
		if ok {
			unlock()
		}
	}
	return nil
}
