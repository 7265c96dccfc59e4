package results

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ranksweep/wholefile"
)

// Store is a folder of runs:
//
//	runs/ID/run.json        the run, its config and its provenance
//	runs/ID/curve.csv       a row a step
//	runs/ID/modules.csv     a row a step and adapted map, where measured
//	runs/ID/validation.csv  a row a batch of the last validation, where there is one
//	runs/ID/timing.json     the only file that differs between two executions
//	runs/ID/SHA256SUMS      checksums of the others but timing.json
//
// Names in runs that begin with a dot are locks, the record being written, and .replaced,
// a folder of the records that were replaced. Other files in the folder of a run are left
// alone. A Store may be used by several goroutines and processes at once.
type Store struct {
	runs string
}

// Open returns the store in dir, which need not exist before the first Put.
func Open(dir string) *Store {
	return &Store{runs: filepath.Join(dir, "runs")}
}

// Put writes a run's record, whole or not at all: to a temporary folder, synced,
// then renamed. A record that is done or diverged stays as it is, whatever r, and so does
// one that a newer program wrote. One that failed or is damaged is replaced, after its
// folder was moved into runs/.replaced.
//
// Writers take turns. What a killed process left half-written is removed by
// the next writer.
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
	unlock, _, err := s.lock(".lock", wait)
	if err != nil {
		return err
	}
	defer unlock()

	if settled, err := s.Settled(r.ID); settled || err != nil {
		return err
	}

	// This process has the lock, so that whatever is here was left by a
	// process that died.
	partial := filepath.Join(s.runs, ".partial")
	if err := os.RemoveAll(partial); err != nil {
		return err
	}
	defer os.RemoveAll(partial)
	fresh := filepath.Join(partial, "new")
	if err := os.MkdirAll(fresh, 0o777); err != nil {
		return err
	}
	for _, f := range files {
		if err := writeSynced(filepath.Join(fresh, f.name), f.data); err != nil {
			return err
		}
	}
	wholefile.SyncFolder(fresh)

	final := s.path(r.ID)
	if err := s.moveAside(r.ID); err != nil {
		return err
	}
	if err := os.Rename(fresh, final); err != nil {
		return err
	}
	wholefile.SyncFolder(s.runs)
	return nil
}

// Get reads a run's record. An error wraps [fs.ErrNotExist] if there is
// none, [ErrDamaged] if it is incomplete or altered, and a [NewerError] if a newer program
// wrote it.
func (s *Store) Get(id string) (Run, error) {
	r, err := s.get(id)
	if err != nil {
		return Run{}, fmt.Errorf("results: run %s: %w", id, err)
	}
	return r, nil
}

func (s *Store) get(id string) (Run, error) {
	if err := checkID(id); err != nil {
		return Run{}, err
	}
	r, err := readRecord(s.path(id))
	if newer, ok := errors.AsType[*NewerError](err); ok {
		newer.ID = id
	}
	if err != nil {
		return Run{}, err
	}
	if r.ID != id {
		return Run{}, damaged(runFile, fmt.Errorf("is the record of run %s", r.ID))
	}
	return r, nil
}

// Runs reads every record: the runs in the order scheme, optimizer, remaining
// axes, rank, seed; and an error for each record that cannot be read, in order
// of ID. A store that does not exist holds no runs.
func (s *Store) Runs() ([]Run, []error) {
	entries, err := os.ReadDir(s.runs)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return nil, []error{fmt.Errorf("results: %w", err)}
	}
	var runs []Run
	var problems []error
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		r, err := s.Get(e.Name())
		if err != nil {
			problems = append(problems, err)
			continue
		}
		runs = append(runs, r)
	}
	slices.SortFunc(runs, compareRuns)
	return runs, problems
}

func (s *Store) path(id string) string { return filepath.Join(s.runs, id) }

// writeSynced writes a new file and waits until it is on the disk.
func writeSynced(path string, data []byte) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}
