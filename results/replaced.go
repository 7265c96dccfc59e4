package results

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

// replacedFolder, in runs, holds the records that were replaced, each in a folder named
// by its run: ID, ID.2 and so on.
const replacedFolder = ".replaced"

// Settled reports whether a run has a record that stays: of a result, or of a newer program.
// Without one the run is to be trained.
func (s *Store) Settled(id string) (bool, error) { return settles(s.Get(id)) }

// settles reports whether what Get returned is a record that stays.
func settles(r Run, unread error) (bool, error) {
	if _, ok := errors.AsType[*NewerError](unread); ok {
		return true, nil
	}
	if errors.Is(unread, ErrDamaged) || errors.Is(unread, fs.ErrNotExist) {
		return false, nil
	}
	return unread == nil && r.Status != Failed, unread
}

// freeName returns the first free name for a run in a folder of runs.
func (s *Store) freeName(folder, id string) (string, error) {
	folder = filepath.Join(s.runs, folder)
	entries, err := s.files.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	taken := make(map[string]bool)
	for _, e := range entries {
		taken[e.Name()] = true
	}
	name := id
	for n := 2; taken[name]; n++ {
		name = fmt.Sprintf("%s.%d", id, n)
	}
	return filepath.Join(folder, name), nil
}

// moveAside moves the folder of a run, with all that is in it.
//
// The new name must be free, and chosen before the folder was looked at. Another writer who
// moved the folder and put a record in its place has then taken that name, so that nothing is
// moved and the error is fs.ErrExist.
func (s *Store) moveAside(id, aside string) error {
	if err := s.files.MkdirAll(filepath.Dir(aside)); err != nil {
		return err
	}
	return s.files.Rename(s.path(id), aside)
}

// Replaced counts the records that were replaced, and names the folder to which they were
// moved.
func (s *Store) Replaced() (n int, folder string) {
	folder = filepath.Join(s.runs, replacedFolder)
	entries, _ := s.files.ReadDir(folder) // none if nothing was replaced
	return len(entries), folder
}
