// Package userfile reads files that a user named, or that came with a stranger's model. It
// refuses what is no file, such as a device or a pipe, before it is opened, since reading one
// may never end, and reads no more bytes than its caller allows.
package userfile

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
)

// Bounds for files of some kinds, in bytes.
const (
	Settings   = 16 << 20  // configs, and what people write by hand
	Vocabulary = 256 << 20 // tokenizers; those of 256,000 tokens have 34 MB
	Weights    = math.MaxInt64 - 1
)

// Read returns the content of a file of at most the given number of bytes. Errors name the
// path.
func Read(path string, most int64) ([]byte, error) {
	f, err := Open(path, most)
	if err != nil {
		return nil, err
	}
	return content(f, path, most)
}

// ReadFS is Read of a file in a file system.
func ReadFS(fsys fs.FS, name string, most int64) ([]byte, error) {
	f, err := OpenFS(fsys, name, most)
	if err != nil {
		return nil, err
	}
	return content(f, name, most)
}

// Open opens a file of at most the given number of bytes. Some systems have files that give
// more bytes than their size says: a caller who reads on and on counts them too.
func Open(path string, most int64) (*os.File, error) {
	f, err := machine.open(path, most)
	if err != nil {
		return nil, err
	}
	return f.(*os.File), nil
}

// OpenFS is Open of a file in a file system. If it may hold pipes it must be an [fs.StatFS], as
// that of [os.DirFS] is: otherwise a file is opened to look at it.
func OpenFS(fsys fs.FS, name string, most int64) (fs.File, error) {
	return system{
		func(name string) (fs.FileInfo, error) { return fs.Stat(fsys, name) },
		func(name string) (string, error) { return fs.ReadLink(fsys, name) },
		fsys.Open,
	}.open(name, most)
}

// Writable is an error if a path is one of a pipe or a device: opening it to write may never end.
func Writable(path string) error {
	info, err := os.Stat(path)
	if err != nil || info.IsDir() {
		return nil // opening it tells what is wrong
	}
	if err := check(info, Weights); err != nil {
		return &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return nil
}

// DanglingLink is an error if a path is a link to something that is not there.
func DanglingLink(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return machine.dangling(path)
}

// system has the ways to look at files and to open them.
type system struct {
	stat func(name string) (fs.FileInfo, error)
	link func(name string) (to string, err error)
	file func(name string) (fs.File, error)
}

var machine = system{os.Stat, os.Readlink, func(path string) (fs.File, error) { return os.Open(path) }}

// dangling is an error if something that is not there is a link.
func (s system) dangling(name string) error {
	to, err := s.link(name)
	if err != nil {
		return nil
	}
	return &fs.PathError{Op: "open", Path: name, Err: fmt.Errorf("it is a link to %q, which is not there", to)}
}

func (s system) open(name string, most int64) (fs.File, error) {
	info, err := s.stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		err = cmp.Or(s.dangling(name), err)
	}
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		p.Op = "open" // what its caller asked for
	}
	if err != nil {
		return nil, advised(err)
	}
	if err := check(info, most); err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	f, err := s.file(name)
	return f, advised(err)
}

// advised adds to the error for a file that one may not read what to try.
func advised(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok && errors.Is(err, fs.ErrPermission) {
		p.Err = fmt.Errorf("%w: make it readable, as by chmod +r, or ask its owner to", p.Err)
	}
	return err
}

func check(info fs.FileInfo, most int64) error {
	switch mode := info.Mode(); {
	case mode.IsDir():
		return errors.New("it is a folder: name a file in it")
	case mode&fs.ModeNamedPipe != 0:
		return errors.New("it is a pipe, and must be a file: write what comes through it into one, and name that")
	case !mode.IsRegular():
		return errors.New("it is a device or a socket, and must be a file")
	case info.Size() > most:
		return errTooLong(most)
	}
	return nil
}

func errTooLong(most int64) error {
	return fmt.Errorf("it has more than %d bytes, the most that such a file may have here", most)
}

// content reads and closes f.
func content(f fs.File, name string, most int64) ([]byte, error) {
	defer f.Close()
	var b bytes.Buffer
	if info, err := f.Stat(); err == nil {
		b.Grow(int(info.Size()) + bytes.MinRead)
	}
	n, err := b.ReadFrom(io.LimitReader(f, most+1))
	if err == nil && n > most {
		err = &fs.PathError{Op: "read", Path: name, Err: errTooLong(most)}
	}
	return b.Bytes(), err
}
