package results

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"ranksweep/wholefile"
)

// ErrUnseen says that a record was not stored, since another writer's stands in its place,
// which this host cannot see yet. It will, or the run can be trained again.
var ErrUnseen = errors.New("another host has just stored a record of this run, which cannot be seen here yet: " +
	"try again in a minute")

// ConflictError says that a run was trained twice with different results, although the same
// program computed both. For a trainer that does not promise the same bytes each time it is no
// fault: the record that came first stays.
type ConflictError struct {
	Stored     string // folder of the record that came first, or the pack that has it, which stays
	Other      string // folder of the record that came second
	Difference string // the first one
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("trained twice with different results: %s; the first is in %s, which stays, the second in %s; "+
		"sweep verify trains it again and tells which is right", e.Difference, e.Stored, e.Other)
}

// putAttempts is how often Put looks at what is there and writes its record. Each attempt but
// the last fails because yet another writer was first, or because the disk fails.
const putAttempts = 10

// Put writes a run's record, whole or not at all: to a folder with a name of its own, then
// renamed. A record that is done or diverged stays as it is, whatever r, and so does one that
// a newer program wrote. One that failed or is damaged is replaced, after its folder was
// moved into runs/.replaced.
//
// If there is a result already, Put compares. The error is a [ConflictError] if r is a result
// too, and the same program made another one of it; r's record is then kept in
// runs/.conflicting. Times may differ, and what describes the run without being measured. A
// result of another program, Go version or kernel stays without an error.
//
// Writers do not wait for each other.
func (s *Store) Put(r Run) error {
	if err := s.put(r); err != nil {
		return fmt.Errorf("results: run %s: not stored: %w", r.ID, err)
	}
	return nil
}

func (s *Store) put(r Run) error {
	if err := errors.Join(r.check(), r.whole()); err != nil {
		return err
	}
	files, err := encodeRecord(r)
	if err != nil {
		return err
	}
	// An operation may fail because another writer was first, or be reported as failed
	// although it was done. Both are seen by looking again.
	for range putAttempts {
		err = s.putOnce(r, files)
		if _, conflict := errors.AsType[*ConflictError](err); err == nil || conflict {
			return err
		}
	}
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w (%v)", ErrUnseen, err)
	}
	return err
}

func (s *Store) putOnce(r Run, files []file) error {
	aside, looked := s.freeName(replacedFolder, r.ID)
	stored, unread := s.Get(r.ID)
	settled, unsure := settles(stored, unread)
	switch {
	case looked != nil || unsure != nil:
		return errors.Join(looked, unsure)
	case settled && unread != nil: // of a newer program
		return nil
	case settled:
		return s.compare(r, stored, files)
	}
	if !errors.Is(unread, fs.ErrNotExist) {
		// A damaged record in a pack has no folder to be moved.
		if err := s.moveAside(r.ID, aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return s.place(r.ID, s.path(r.ID), files)
}

// place makes the folder of a record, unless there is one.
func (s *Store) place(id, folder string, files []file) error {
	fresh := filepath.Join(s.runs, wholefile.PartialName(id))
	if err := s.write(fresh, files); err != nil {
		s.files.RemoveAll(fresh)
		return err
	}
	err := s.files.Rename(fresh, folder)
	if errors.Is(err, fs.ErrExist) {
		s.files.RemoveAll(fresh)
	}
	// After any other error the renaming may yet be done, and what is removed here would be
	// missing there. Tidy removes the folder if it stays.
	return err
}

func (s *Store) write(folder string, files []file) error {
	if err := s.files.MkdirAll(folder); err != nil {
		return err
	}
	for _, f := range files {
		if err := s.files.Write(filepath.Join(folder, f.name), f.data); err != nil {
			return err
		}
	}
	return nil
}

// conflictingFolder, in runs, holds records that differ from the stored ones.
const conflictingFolder = ".conflicting"

// compare holds a run that was trained a second time to the result that is stored.
func (s *Store) compare(r, stored Run, files []file) error {
	if r.Status == Failed || r.Varies || !sameMaker(r.Provenance, stored.Provenance) {
		return nil
	}
	difference := Difference(r, stored)
	if difference == "" {
		return nil
	}
	other, err := s.freeName(conflictingFolder, r.ID)
	if err == nil {
		err = s.files.MkdirAll(filepath.Dir(other))
	}
	if err == nil {
		err = s.place(r.ID, other, files)
	}
	return errors.Join(&ConflictError{s.where(r.ID), other, difference}, err)
}

// sameMaker reports whether the same program made two runs, of the same inputs, so that they
// must be the same to the byte.
func sameMaker(a, b Provenance) bool {
	return a.Program == b.Program && a.Go == b.Go && a.Kernel == b.Kernel
}
