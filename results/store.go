package results

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

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
//	.packs/HASH.tar.zst     finished runs that have no folder of their own, see [Store.Pack]
//	.statuses               how runs ended, derived from their records, see [Store.Statuses]
//
// Other files in the folder of a run are left alone. A Store may be used by several
// goroutines, processes and hosts at once.
type Store struct {
	Task string // what a cluster calls this process; its leases say so to whoever looks

	runs   string
	files  FileSystem
	leases wholefile.Watch
	others sync.Map // IDs of runs of which this process saw another's lease
	packs  packs
	ahead  func() time.Duration // the disk's clock less that of this host

	indexing indexing
}

// Open returns the store in dir, which need not exist before the first Put.
func Open(dir string) *Store { return OpenOn(disk{}, dir) }

// OpenOn returns the store in a folder of another file system.
func OpenOn(files FileSystem, dir string) *Store {
	runs := filepath.Join(dir, "runs")
	return &Store{runs: runs, files: files, indexing: worthwhile,
		packs: packs{folder: filepath.Join(runs, packsFolder), files: files},
		ahead: sync.OnceValue(func() time.Duration { return diskAhead(files, runs) })}
}

// Get reads a run's record. An error wraps [fs.ErrNotExist] if there is
// none, [ErrDamaged] if it is incomplete or altered, and a [NewerError] if a newer program
// wrote it.
func (s *Store) Get(id string) (Run, error) {
	r, err := s.get(id, decodeRecord)
	return r, ofRun(err, id)
}

func ofRun(err error, id string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("results: run %s: %w", id, err)
}

// get looks for a run in its folder, then in packs, and in its folder again, into which it may
// have been unpacked meanwhile. A damaged record counts only if there is no other one.
func (s *Store) get(id string, decode decoder) (Run, error) {
	if err := checkID(id); err != nil {
		return Run{}, err
	}
	r, err := s.loose(id, decode)
	if err != nil && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrDamaged)) {
		packed, unpacked := s.packs.get(id, decode)
		switch {
		case unpacked == nil:
			return packed, nil
		case !errors.Is(unpacked, fs.ErrNotExist):
			return Run{}, unpacked
		case errors.Is(err, fs.ErrNotExist):
			r, err = s.loose(id, decode)
		}
	}
	return r, err
}

// loose reads a run that has a folder of its own.
func (s *Store) loose(id string, decode decoder) (Run, error) {
	r, err := readRecord(s.files, s.path(id), decode)
	if err != nil {
		return Run{}, named(err, id)
	}
	return r, sameID(r, id)
}

// named adds the ID of its run to a [NewerError].
func named(err error, id string) error {
	if newer, ok := errors.AsType[*NewerError](err); ok {
		newer.ID = id
	}
	return err
}

// sameID reports a record that is not of the run under whose name it is stored.
func sameID(r Run, id string) error {
	if r.ID != id {
		return damaged(runFile, fmt.Errorf("is the record of run %s", r.ID))
	}
	return nil
}

// IDs lists the runs that have a record, which may be damaged, in order. A store that does not
// exist holds no runs.
func (s *Store) IDs() ([]string, error) {
	ids, err := s.looseIDs()
	if err == nil {
		ids, err = s.packs.append(ids)
	}
	if err != nil {
		return nil, fmt.Errorf("results: %w", err)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// looseIDs lists the runs that have a folder of their own.
func (s *Store) looseIDs() (ids []string, err error) {
	entries, err := s.files.ReadDir(s.runs)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			ids = append(ids, e.Name())
		}
	}
	return ids, err
}

// Problems says what is wrong with packs as a whole, and which of the given runs have a folder and are
// in a pack with other bytes. Such a run is read from its folder.
func (s *Store) Problems(ids []string) (found []error) {
	all, err := s.packs.list()
	if err != nil {
		found = append(found, fmt.Errorf("results: %w", err))
	}
	if len(all) == 0 {
		return found
	}
	loose, _ := s.looseIDs()
	asked := make(map[string]bool, len(ids))
	for _, id := range ids {
		asked[id] = true
	}
	for _, p := range all {
		if p.wrong != nil {
			found = append(found, fmt.Errorf("results: pack %s: %w; runs that are found in it: %d", p.path, p.wrong,
				len(p.at)))
		}
		for _, id := range loose {
			if _, both := p.at[id]; both && asked[id] {
				if err := s.sameAsPacked(id, p); errors.Is(err, errKept) {
					found = append(found, fmt.Errorf("results: run %s: %w", id, err))
				}
			}
		}
	}
	return found
}

// where returns the folder of a run, or the pack that has it.
func (s *Store) where(id string) string {
	if _, err := s.files.ReadDir(s.path(id)); err == nil {
		return s.path(id)
	}
	if p := s.packs.of(id); p != nil {
		return p.path
	}
	return s.path(id)
}

func (s *Store) path(id string) string { return filepath.Join(s.runs, id) }
