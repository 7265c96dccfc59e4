// Package wholefile writes a file whole or not at all. Who reads the file meanwhile, or
// after a crash, finds what was there before or all that is new. Several processes may write
// one file, on one host or on several. The package also writes values as JSON, as all files of
// this module have them.
package wholefile

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Write replaces the file at path by what write writes, or makes it, and its folder if need
// be. If write or the disk fails, the old file stays, and the error names path. On the way
// there is a hidden file beside it, by its [PartialName]. A killed process leaves that file,
// and the next Write into the same folder removes it.
func Write(path string, write func(io.Writer) error) error {
	if err := Replace(path, write); err != nil {
		return err
	}
	Tidy(filepath.Dir(path))
	return nil
}

// Replace is Write, but leaves alone what killed processes left. So it never lists the folder,
// which may hold a million files.
func Replace(path string, write func(io.Writer) error) error {
	if err := replace(path, write); err != nil {
		return fmt.Errorf("%s: %w", path, err) // err names the hidden file, or none
	}
	return nil
}

func replace(path string, write func(io.Writer) error) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	partial := filepath.Join(dir, PartialName(filepath.Base(path)))
	f, err := os.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
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
	SyncFolder(dir)
	return nil
}

// WriteBytes is Write of data that are at hand.
func WriteBytes(path string, data []byte) error {
	return Write(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// SyncFolder makes the renames in a folder last through a crash of the machine. Not every
// system can do that: where it cannot, a crash may bring the old file back.
func SyncFolder(path string) {
	if d, err := os.Open(path); err == nil {
		d.Sync()
		d.Close()
	}
}
