package results

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Files returns the files of a run's record by name, for [Store.Receive] of a store elsewhere.
func (s *Store) Files(id string) (map[string][]byte, error) {
	files, err := s.bytesOf(id)
	return contents(files), ofRun(err, id)
}

// Receive stores the record that some files are, as [Store.Put] stores a run, and returns it. The
// files must agree with their checksums and be the record of the run with the given ID. Varies
// reports whether a run's trainer promises no bytes.
func (s *Store) Receive(id string, byName map[string][]byte, varies func(Run) bool) (Run, error) {
	var files []file
	for name, data := range byName {
		files = append(files, file{name, data})
	}
	slices.SortFunc(files, func(a, b file) int { return cmp.Compare(a.name, b.name) })
	r, err := decodeRecord(files)
	if err == nil {
		err = errors.Join(sameID(r, id), sameBytes(r, byName))
	}
	if err != nil {
		return r, ofRun(fmt.Errorf("not received: %w", err), id)
	}
	r.Varies = varies(r)
	return r, s.Put(r)
}

// sameBytes reports a record whose files this program would write with other bytes.
func sameBytes(r Run, byName map[string][]byte) error {
	files, err := encodeRecord(r)
	for _, f := range files {
		if string(byName[f.name]) != string(f.data) {
			return damaged(f.name, errors.New("was written by another program than this one"))
		}
	}
	return err
}
