package results

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"ranksweep/wholefile"
)

// Unpack gives every run of a pack a folder of its own again, with the same bytes, and removes the
// packs. A pack of which a run cannot be read stays, and so does one with a run whose folder is
// there with other bytes; the other runs of it are unpacked.
func (s *Store) Unpack(ctx context.Context) (Packing, error) {
	var done Packing
	all, err := s.packs.list()
	for _, p := range all {
		if err = errors.Join(err, ctx.Err()); err != nil {
			break
		}
		err = s.unpack(ctx, p, &done)
	}
	if err != nil {
		err = fmt.Errorf("results: unpacking: %w", err)
	}
	return done, err
}

func (s *Store) unpack(ctx context.Context, p *pack, done *Packing) error {
	if p.wrong != nil {
		done.Left = append(done.Left, fmt.Errorf("results: pack %s: %w", p.path, p.wrong))
	}
	if _, newer := errors.AsType[*NewerError](p.wrong); newer {
		return nil
	}
	// Whoever packs the same runs at this moment looks for the pack by its name. See leaving.
	name, _, _ := strings.Cut(filepath.Base(p.path), ".")
	own := filepath.Join(s.packs.folder, name+"."+wholefile.Random()+packSuffix)
	if err := s.files.Rename(p.path, own); err != nil {
		return err
	}
	p, err := openPack(s.files, own)
	if err != nil {
		return err
	}
	whole := p.wrong == nil
	for _, f := range p.Frames {
		for _, r := range f.Runs {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := s.restore(r.ID, p); errors.Is(err, errKept) || errors.Is(err, ErrDamaged) {
				whole = false
				done.leave(r.ID, err)
			} else if err != nil {
				return fmt.Errorf("run %s: %w", r.ID, err)
			} else {
				done.Runs++
			}
		}
	}
	if !whole {
		return s.files.Rename(own, filepath.Join(s.packs.folder, name+packSuffix))
	}
	done.Packs++
	return s.files.RemoveAll(own)
}

// restore makes the folder of a run as a pack has it, and reads it back.
func (s *Store) restore(id string, p *pack) error {
	files, err := p.record(id)
	if err != nil {
		return err
	}
	placed := s.place(id, s.path(id), files)
	if err := s.sameAsPacked(id, p); err != nil {
		return errors.Join(err, placed)
	}
	return nil
}
