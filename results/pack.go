package results

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"ranksweep/wholefile"
)

// Packing says what [Store.Pack] or [Store.Unpack] did.
type Packing struct {
	Runs  int     // runs that moved
	Packs int     // packs that were made or taken apart
	Bytes int64   // their size
	Left  []error // why other runs stay where they are
}

// Pack moves finished runs into packs, which are few large files. All else reads them there as
// before. program is this program's version.
//
// A pack is written under a name of its own, brought to the disk, renamed and read back before
// the folder of any of its runs is removed. Runs that failed, damaged ones, those of a newer
// program, and those whose folder has other files stay where they are. Several processes may
// pack one store at once.
func (s *Store) Pack(ctx context.Context, program string) (Packing, error) {
	var done Packing
	ids, err := s.looseIDs()
	w := newPackWriter(program)
	for _, id := range ids {
		if err = errors.Join(err, ctx.Err()); err != nil {
			break
		}
		r, files, why := s.packable(id)
		p, packed := s.packs.of(id), fs.ErrNotExist
		if why == nil && p != nil {
			packed = s.sameAsPacked(id, p)
		}
		switch {
		case why != nil:
			done.leave(id, why)
		case errors.Is(packed, errKept):
			done.leave(id, packed)
		case packed == nil && !p.leaving():
			err = s.drop(id, p, &done)
		default:
			err = w.add(r, files)
		}
		if err == nil && w.frames.Len() >= packSize {
			err = s.finish(w, &done)
			w = newPackWriter(program)
		}
	}
	if err == nil && (len(w.Frames) > 0 || len(w.runs) > 0) {
		err = s.finish(w, &done)
	}
	if err != nil {
		err = fmt.Errorf("results: packing: %w", err)
	}
	return done, err
}

func (p *Packing) leave(id string, why error) {
	p.Left = append(p.Left, fmt.Errorf("results: run %s: %w", id, why))
}

// packable returns the record of a run, or why it is not packed.
func (s *Store) packable(id string) (packedRun, []file, error) {
	files, others, err := readFiles(s.files, s.path(id))
	if err != nil {
		return packedRun{}, nil, err
	}
	r, err := decodeRecord(files)
	if err == nil {
		err = sameID(r, id)
	}
	size := 0
	for _, f := range files {
		size += len(f.data)
	}
	switch {
	case err != nil:
		return packedRun{}, nil, err
	case r.Status == Failed:
		err = errors.New("it failed, and will be trained again")
	case len(others) > 0:
		err = fmt.Errorf("its folder has other files: %q", others)
	case size > largestRun:
		err = fmt.Errorf("its record has %d bytes: at most %d are packed", size, largestRun)
	}
	return packedRun{r.ID, r.Status}, files, err
}

// finish writes a pack, and removes the folders of its runs.
func (s *Store) finish(w *packWriter, done *Packing) error {
	data := w.end()
	p, err := s.writePack(data)
	if err != nil {
		return err
	}
	done.Packs, done.Bytes = done.Packs+1, done.Bytes+int64(len(data))
	for _, f := range p.Frames {
		for _, r := range f.Runs {
			if err := s.drop(r.ID, p, done); err != nil {
				return err
			}
		}
	}
	return nil
}

// writePack stores a pack and opens it.
func (s *Store) writePack(data []byte) (*pack, error) {
	name := hashOf(data)[:16] + packSuffix
	path, fresh := filepath.Join(s.packs.folder, name), filepath.Join(s.packs.folder, wholefile.PartialName(name))
	if err := s.files.MkdirAll(s.packs.folder); err != nil {
		return nil, err
	}
	err := s.files.Write(fresh, data)
	if err == nil {
		err = s.files.Rename(fresh, path)
	}
	// The renaming may have been done and reported as failed.
	stored, unread := s.files.ReadFile(path)
	if unread != nil || !bytes.Equal(stored, data) {
		s.files.RemoveAll(fresh)
		return nil, errors.Join(err, unread, fmt.Errorf("%s does not read back as it was written", path))
	}
	return openPack(s.files, path)
}

// errKept begins the error of a run that is in a pack and keeps its folder all the same.
var errKept = errors.New("it is packed, and its folder stays")

// drop removes the folder of a run that a pack has.
func (s *Store) drop(id string, p *pack, done *Packing) error {
	err := s.remove(id, p)
	switch {
	case errors.Is(err, errKept):
		done.leave(id, err)
	case err != nil:
		return fmt.Errorf("run %s: %w", id, err)
	default:
		done.Runs++
	}
	return nil
}

// remove removes nothing but what the pack has. At the end it looks whether the pack is still there,
// since another process may be unpacking it.
func (s *Store) remove(id string, p *pack) error {
	if err := s.sameAsPacked(id, p); errors.Is(err, fs.ErrNotExist) {
		return nil // another process has packed it too
	} else if err != nil {
		return err
	}
	moved := filepath.Join(s.runs, wholefile.PartialName(id))
	if err := s.files.Rename(s.path(id), moved); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	_, others, err := readFiles(s.files, moved)
	if err == nil && len(others) > 0 {
		err = fmt.Errorf("%w: it has other files: %q", errKept, others)
	}
	if err == nil && !s.packs.has(p) {
		err = fmt.Errorf("%w: another process is unpacking %s", errKept, p.path)
	}
	if err != nil {
		return errors.Join(err, s.files.Rename(moved, s.path(id)))
	}
	return s.files.RemoveAll(moved)
}

// leaving reports whether a process is taking the pack apart, or was ended while it did: its name
// has a further part. No folder is removed because such a pack has its run.
func (p *pack) leaving() bool {
	return strings.Count(filepath.Base(p.path), ".") > strings.Count(packSuffix, ".")
}

// has looks whether a pack is still where it was.
func (p *packs) has(one *pack) bool {
	entries, err := p.files.ReadDir(p.folder)
	return err == nil && slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return e.Name() == filepath.Base(one.path)
	})
}

// sameAsPacked compares the folder of a run with what a pack has of it.
func (s *Store) sameAsPacked(id string, p *pack) error {
	loose, _, err := readFiles(s.files, s.path(id))
	if err != nil {
		return err
	}
	packed, err := p.record(id)
	if err != nil {
		return err
	}
	same := func(a, b file) bool { return a.name == b.name && bytes.Equal(a.data, b.data) }
	if !slices.EqualFunc(loose, packed, same) {
		return fmt.Errorf("%w: it differs from what %s has", errKept, p.path)
	}
	return nil
}
