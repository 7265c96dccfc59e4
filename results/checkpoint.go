package results

import (
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
)

const checkpointSuffix = ".checkpoint"

// unfitFolder, in runs, holds checkpoints that could not be used.
const unfitFolder = ".unfit"

// CheckpointFile returns the path of a run's checkpoint: all that the run needs to go on after
// an interrupt. What is in it is the trainer's affair. Whoever holds the run's [Lease] may read
// and replace it.
func (s *Store) CheckpointFile(id string) string {
	return filepath.Join(s.runs, "."+id+checkpointSuffix)
}

// Checkpoints returns the IDs of the runs that have a checkpoint, and no record that stays. A
// store that does not exist has none.
func (s *Store) Checkpoints() (ids []string, err error) {
	entries, err := s.files.ReadDir(s.runs)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		if id, ok := checkpointOf(e.Name()); ok && !s.needless(e.Name()) {
			ids = append(ids, id)
		}
	}
	return ids, err
}

// checkpointOf returns the run whose checkpoint has the given name in runs.
func checkpointOf(name string) (id string, ok bool) {
	return strings.CutSuffix(strings.TrimPrefix(name, "."), checkpointSuffix)
}

// ReadCheckpoint returns the content of a run's checkpoint.
func (s *Store) ReadCheckpoint(id string) ([]byte, error) {
	return s.files.ReadFile(s.CheckpointFile(id))
}

// WriteCheckpoint replaces a run's checkpoint by what write writes, whole or not at all.
func (s *Store) WriteCheckpoint(id string, write func(io.Writer) error) error {
	return s.files.Replace(s.CheckpointFile(id), write)
}

// DropCheckpoint removes a run's checkpoint, if there is one.
func (s *Store) DropCheckpoint(id string) error { return s.files.RemoveAll(s.CheckpointFile(id)) }

// AsideCheckpoint moves a run's checkpoint away, and returns its new path.
func (s *Store) AsideCheckpoint(id string) (string, error) {
	to, err := s.freeName(unfitFolder, id)
	if err != nil {
		return "", err
	}
	if err := s.files.MkdirAll(filepath.Dir(to)); err != nil {
		return "", err
	}
	return to, s.files.Rename(s.CheckpointFile(id), to)
}

// needless reports whether a name in runs is that of a checkpoint whose run has a record that
// stays.
func (s *Store) needless(name string) bool {
	id, ok := checkpointOf(name)
	if !ok {
		return false
	}
	settled, _ := s.Settled(id)
	return settled
}
