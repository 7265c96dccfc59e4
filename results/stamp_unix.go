//go:build unix

package results

import (
	"errors"
	"io/fs"

	"golang.org/x/sys/unix"
)

func (disk) stamp(name string) (stamp, error) {
	var s unix.Stat_t
	if err := unix.Lstat(name, &s); err != nil {
		return stamp{}, &fs.PathError{Op: "lstat", Path: name, Err: err}
	}
	kind, changed := s.Mode&unix.S_IFMT, s.Ctim.Nano()
	if kind != unix.S_IFREG && kind != unix.S_IFDIR || changed == 0 {
		return stamp{}, &fs.PathError{Op: "lstat", Path: name, Err: errors.ErrUnsupported}
	}
	return stamp{uint64(s.Ino), s.Size, changed}, nil
}
