// Package wholefile writes a file whole or not at all. Who reads the file meanwhile, or
// after a crash, finds what was there before or all that is new.
package wholefile

import (
	"bufio"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
)

// Write replaces the file at path by what write writes, or makes it. Its permissions are
// perm less the process's umask. If write or the disk fails, the old file stays. On the
// way there is a hidden file beside it, NAME.RANDOM.partial, which a killed process leaves.
func Write(path string, perm fs.FileMode, write func(io.Writer) error) (err error) {
	name := "." + filepath.Base(path) + "." + strconv.FormatUint(rand.Uint64(), 36) + ".partial"
	partial := filepath.Join(filepath.Dir(path), name)
	f, err := os.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(partial)
		}
	}()
	w := bufio.NewWriter(f)
	for _, step := range []func() error{
		func() error { return write(w) }, w.Flush, f.Sync, f.Close,
		func() error { return os.Rename(partial, path) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	syncFolder(filepath.Dir(path))
	return nil
}

// WriteBytes is Write of data that are at hand.
func WriteBytes(path string, perm fs.FileMode, data []byte) error {
	return Write(path, perm, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// syncFolder makes the renames in a folder last through a crash of the machine. Not every
// system can do that: where it cannot, a crash may bring the old file back.
func syncFolder(path string) {
	if d, err := os.Open(path); err == nil {
		d.Sync()
		d.Close()
	}
}
