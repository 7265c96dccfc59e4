package results

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// TryLock claims a run, so that no other process or goroutine trains it at the same time;
// ok is false if another one holds the claim. The claim ends with unlock, or with the
// process. It keeps nobody from reading or writing the record.
//
// Whoever gets the claim must look in the store again: the run may have been finished a
// moment before.
func (s *Store) TryLock(id string) (unlock func(), ok bool, err error) {
	if err := checkID(id); err != nil {
		return nil, false, fmt.Errorf("results: run %s: %w", id, err)
	}
	unlock, ok, err = s.lock("."+id+".lock", (*flock.Flock).TryLock)
	if err != nil {
		return nil, false, fmt.Errorf("results: run %s: cannot be claimed: %w", id, err)
	}
	return unlock, ok, nil
}

// wait waits until a lock is free and takes it.
func wait(f *flock.Flock) (bool, error) {
	err := f.Lock()
	return err == nil, err
}

// lock locks the named file in the store by calling take. The file exists only while it is
// locked, so that a store in which nothing is going on holds only records.
func (s *Store) lock(name string, take func(*flock.Flock) (bool, error)) (unlock func(), ok bool, err error) {
	if err := os.MkdirAll(s.runs, 0o777); err != nil {
		return nil, false, err
	}
	path := filepath.Join(s.runs, name)
	for {
		f := flock.New(path)
		ok, err := take(f)
		if !ok || err != nil {
			return nil, false, err
		}
		if sameFile(f, path) {
			return func() { os.Remove(path); f.Unlock() }, true, nil
		}
		f.Unlock() // its last holder removed the file while this one opened it
	}
}

// sameFile reports whether the locked file is still the one at path.
func sameFile(f *flock.Flock, path string) bool {
	locked, err := f.Stat()
	if err != nil {
		return false
	}
	current, err := os.Stat(path)
	return err == nil && os.SameFile(locked, current)
}
