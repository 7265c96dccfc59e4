package results

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// replacedFolder, in runs, holds the records that were replaced, each in a folder named
// by its run: ID, ID.2 and so on.
const replacedFolder = ".replaced"

// Settled reports whether a run has a record that stays: of a result, or of a newer program.
// Without one the run is to be trained.
func (s *Store) Settled(id string) (bool, error) {
	r, err := s.Get(id)
	if _, ok := errors.AsType[*NewerError](err); ok {
		return true, nil
	}
	if errors.Is(err, ErrDamaged) || errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && r.Status != Failed, err
}

// moveAside moves the folder of a run, if there is one, with all that is in it.
func (s *Store) moveAside(id string) error {
	if !exists(s.path(id)) {
		return nil
	}
	folder := filepath.Join(s.runs, replacedFolder)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	aside := filepath.Join(folder, id)
	for n := 2; exists(aside); n++ {
		aside = filepath.Join(folder, fmt.Sprintf("%s.%d", id, n))
	}
	return os.Rename(s.path(id), aside)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// Replaced counts the records that were replaced, and names the folder to which they were
// moved.
func (s *Store) Replaced() (n int, folder string) {
	folder = filepath.Join(s.runs, replacedFolder)
	entries, _ := os.ReadDir(folder) // none if nothing was replaced
	return len(entries), folder
}
