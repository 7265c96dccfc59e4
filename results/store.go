package results

import (
	"errors"
	"fmt"
	"io/fs"
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
// Other names in runs begin with a dot:
//
//	.ID.lease               who trains the run, see [Store.Claim]
//	.ID.checkpoint          all that the run needs to go on, until it has a record
//	.ID.….partial           a record that is being written, with its writer's name
//	.replaced/ID            a failed or damaged record that was replaced
//	.conflicting/ID         a record that differs from the one that is stored
//	.unfit/ID               a checkpoint that could not be used
//
// Other files in the folder of a run are left alone. A Store may be used by several
// goroutines, processes and hosts at once.
type Store struct {
	runs   string
	files  FileSystem
	leases wholefile.Watch
}

// Open returns the store in dir, which need not exist before the first Put.
func Open(dir string) *Store { return OpenOn(disk{}, dir) }

// OpenOn returns the store in a folder of another file system.
func OpenOn(files FileSystem, dir string) *Store {
	return &Store{runs: filepath.Join(dir, "runs"), files: files}
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
	r, err := readRecord(s.files, s.path(id))
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
	entries, err := s.files.ReadDir(s.runs)
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
	slices.SortFunc(runs, CompareRuns)
	return runs, problems
}

func (s *Store) path(id string) string { return filepath.Join(s.runs, id) }
