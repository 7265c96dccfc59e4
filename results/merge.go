package results

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
)

// A Union is what several stores of one experiment hold together: of each run, the record of the
// first store that has one which stays, or else of the first that has any.
type Union struct {
	Chosen []Chosen // in order of ID
	Kept   []error  // runs with several records that may differ: the first stays
	Left   []error  // damaged records, which are left out
}

// Chosen is the record that a union has of a run.
type Chosen struct {
	ID    string
	Store *Store
}

// NewUnion works out the union of stores; it changes none. Two records that must be the same to the
// byte, and differ, are an error that names both; varies reports whether a run's trainer promises
// no bytes.
func NewUnion(stores []*Store, varies func(Run) bool) (u Union, err error) {
	ids, err := recordIDs(stores)
	if err != nil {
		return u, err
	}
	for _, s := range stores {
		u.Left = append(u.Left, s.Problems(ids)...)
	}
	err = u.add(ids, stores, varies)
	return u, err
}

// UnionOf is NewUnion of the named runs alone, without what is wrong with packs as a whole.
func UnionOf(ids []string, stores []*Store, varies func(Run) bool) (u Union, err error) {
	err = u.add(ids, stores, varies)
	return u, err
}

// add adds runs to the union.
func (u *Union) add(ids []string, stores []*Store, varies func(Run) bool) error {
	var conflicts []error
	for _, id := range ids {
		conflicts = append(conflicts, u.choose(id, stores, varies))
	}
	return errors.Join(conflicts...)
}

// recordIDs are the IDs of which some store has a record, in order.
func recordIDs(stores []*Store) (all []string, err error) {
	for _, s := range stores {
		ids, err := s.IDs()
		if err != nil {
			return nil, err
		}
		all = append(all, ids...)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// found is the record of a run in one store.
type found struct {
	store  *Store
	run    Run
	unread error // of a newer program
	stays  bool
}

// choose adds a run to the union. The error names two records that contradict each other.
func (u *Union) choose(id string, stores []*Store, varies func(Run) bool) error {
	var first *found
	for _, s := range stores {
		r, unread := s.Get(id)
		stays, unsure := settles(r, unread)
		switch {
		case unsure != nil:
			return unsure
		case errors.Is(unread, ErrDamaged):
			u.Left = append(u.Left, fmt.Errorf("%s: %w", s.where(id), unread))
			continue
		case errors.Is(unread, fs.ErrNotExist):
			continue
		}
		now := &found{s, r, unread, stays}
		if first == nil || stays && !first.stays {
			first = now
		} else if stays {
			kept, conflict := first.against(now, id, varies)
			if conflict != nil {
				return conflict
			}
			if kept != nil {
				u.Kept = append(u.Kept, kept)
			}
		}
	}
	if first != nil {
		u.Chosen = append(u.Chosen, Chosen{id, first.store})
	}
	return nil
}

// against compares two records that stay. Kept says why they may differ, if they do.
func (f *found) against(other *found, id string, varies func(Run) bool) (kept, conflict error) {
	a, b := f.store.where(id), other.store.where(id)
	if f.unread != nil || other.unread != nil {
		if f.store.sums(id) == other.store.sums(id) {
			return nil, nil
		}
		return fmt.Errorf("%s stays, and not %s: a newer program wrote one of them, so that they cannot be compared", a,
			b), nil
	}
	difference := Difference(other.run, f.run)
	switch {
	case difference == "":
		return nil, nil
	case varies(f.run):
		return fmt.Errorf("%s stays, and not %s: their trainer promises no bytes; in the second %s", a, b,
			difference), nil
	case !sameMaker(f.run.Provenance, other.run.Provenance):
		return fmt.Errorf("%s stays, and not %s: two programs, Go versions or kernels made them; in the second %s",
			a, b, difference), nil
	}
	return nil, fmt.Errorf("results: %s and %s are records of one run with different results, although one program "+
		"computed both: in the second %s; sweep verify tells which is right: move the other one out of its store", a, b,
		difference)
}

// sums returns the checksums of a run's record.
func (s *Store) sums(id string) string {
	files, _ := s.bytesOf(id) // it was read before
	return string(contents(files)[sumsFile])
}

// Add copies records into the store, each whole or not at all, to the byte. A record that is there
// and stays is left as it is; one that failed or is damaged is moved into runs/.replaced. It
// returns how many records came from each store.
func (s *Store) Add(chosen []Chosen) (map[*Store]int, error) {
	count := make(map[*Store]int)
	for _, c := range chosen {
		if c.Store != s {
			if err := s.add(c); err != nil {
				return count, fmt.Errorf("results: run %s: not stored: %w", c.ID, err)
			}
		}
		count[c.Store]++
	}
	return count, nil
}

func (s *Store) add(c Chosen) error {
	files, err := c.Store.bytesOf(c.ID)
	if err != nil {
		return err
	}
	aside, err := s.freeName(replacedFolder, c.ID)
	if err != nil {
		return err
	}
	stored, unread := s.Get(c.ID)
	if stays, err := settles(stored, unread); stays || err != nil {
		return err
	}
	if !errors.Is(unread, fs.ErrNotExist) {
		// A damaged record in a pack has no folder to be moved.
		if err := s.moveAside(c.ID, aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return s.place(c.ID, s.path(c.ID), files)
}

// bytesOf reads what Get reads: every file in the folder of a run, also those that are no part of the
// record, or what a pack has of it.
func (s *Store) bytesOf(id string) ([]file, error) {
	if _, err := s.loose(id, decodeRecord); errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrDamaged) {
		if p := s.packs.of(id); p != nil {
			return p.record(id)
		}
	}
	return s.folder(id)
}

// folder reads every file in the folder of a run.
func (s *Store) folder(id string) (files []file, err error) {
	entries, err := s.files.ReadDir(s.path(id))
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		name := filepath.Join(s.path(id), e.Name())
		if !e.Type().IsRegular() {
			return nil, fmt.Errorf("%s: is no file, and only files can be copied: move it elsewhere", name)
		}
		data, err := s.files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		files = append(files, file{e.Name(), data})
	}
	return files, nil
}
