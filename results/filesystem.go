package results

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"ranksweep/userfile"
	"ranksweep/wholefile"
)

// FileSystem is all that a [Store] asks of the disk. The package's doc says what these
// operations must hold to.
type FileSystem interface {
	// ReadDir lists a folder in order of name.
	ReadDir(dir string) ([]fs.DirEntry, error)

	// ReadFile returns the content of a file.
	ReadFile(name string) ([]byte, error)

	// ReadPart returns so many bytes of a file from an offset on, or fewer if it ends before.
	ReadPart(name string, offset, size int64) ([]byte, error)

	// MkdirAll makes a folder, and those above it, where they are missing.
	MkdirAll(dir string) error

	// Create makes a file. If there is one, the error is fs.ErrExist.
	Create(name string, data []byte) error

	// Write replaces the content of a file, or makes it. When it returns, the content is on
	// the disk. It is not atomic.
	Write(name string, data []byte) error

	// Replace makes a file of what write writes, or replaces it by that, whole or not at all.
	Replace(name string, write func(io.Writer) error) error

	// Rename moves a file or a folder. If the new name is that of a folder with something in
	// it, nothing is moved and the error is fs.ErrExist. It is atomic.
	Rename(old, new string) error

	// RemoveAll removes a file, or a folder with all that is in it, if there is one.
	RemoveAll(name string) error
}

// disk is the file system of the operating system.
type disk struct{}

func (disk) ReadDir(dir string) ([]fs.DirEntry, error) { return os.ReadDir(dir) }

func (disk) ReadFile(name string) ([]byte, error) {
	return userfile.Read(name, userfile.Weights)
}

func (disk) ReadPart(name string, offset, size int64) ([]byte, error) {
	f, err := userfile.Open(name, userfile.Weights)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.NewSectionReader(f, offset, size))
}

func (disk) MkdirAll(dir string) error { return os.MkdirAll(dir, 0o777) }

func (disk) RemoveAll(name string) error { return os.RemoveAll(name) }

func (disk) Create(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

func (disk) Write(name string, data []byte) error {
	if err := userfile.Writable(name); err != nil {
		return err
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

func (disk) Replace(name string, write func(io.Writer) error) error {
	return wholefile.Replace(name, write)
}

func (disk) Rename(old, new string) error {
	wholefile.SyncFolder(old)
	if err := os.Rename(old, new); err != nil {
		return err
	}
	wholefile.SyncFolder(filepath.Dir(new))
	return nil
}
