package storetest

import (
	"bytes"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"time"
)

// Host is the file system of a server as one host sees it: its own changes at once, those of
// others late.
type Host struct {
	Server *Server

	// Intercept, if not nil, is called in place of each operation, which do does. It may do
	// something before or afterwards, leave the operation undone, or return another error.
	// The operation is the name of a method of Host.
	Intercept func(operation string, do func() error) error
}

// locked does an operation that no other one interrupts.
func (h *Host) locked(operation string, do func() error) error {
	whole := func() error {
		h.Server.mu.Lock()
		defer h.Server.mu.Unlock()
		return do()
	}
	if h.Intercept == nil {
		return whole()
	}
	return h.Intercept(operation, whole)
}

// ReadDir lists what the host sees in a folder.
func (h *Host) ReadDir(dir string) (list []fs.DirEntry, err error) {
	err = h.locked("ReadDir", func() error {
		n, _ := h.Server.seen(h, dir)
		if n == nil {
			return &fs.PathError{Op: "open", Path: dir, Err: fs.ErrNotExist}
		}
		for _, path := range slices.Sorted(maps.Keys(h.Server.folders[dir])) {
			if n, at := h.Server.seen(h, path); n != nil {
				list = append(list, fs.FileInfoToDirEntry(info{filepath.Base(path), n, at}))
			}
		}
		return nil
	})
	return list, err
}

// ReadFile returns what the host sees in a file.
func (h *Host) ReadFile(name string) (data []byte, err error) {
	err = h.locked("ReadFile", func() error {
		n, _ := h.Server.seen(h, name)
		if n == nil || n.folder {
			return &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		}
		data = slices.Clone(n.data)
		return nil
	})
	return data, err
}

// ReadPart returns a part of what the host sees in a file.
func (h *Host) ReadPart(name string, offset, size int64) ([]byte, error) {
	data, err := h.ReadFile(name)
	from := min(offset, int64(len(data)))
	return data[from:min(from+size, int64(len(data)))], err
}

// MkdirAll makes a folder, and those above it.
func (h *Host) MkdirAll(dir string) error {
	return h.locked("MkdirAll", func() error { return h.Server.makeAll(h, dir) })
}

// Create makes a file that is not there, whether the host can see it or not.
func (h *Host) Create(name string, data []byte) error {
	return h.locked("Create", func() error {
		if h.Server.is(name) != nil {
			return &fs.PathError{Op: "create", Path: name, Err: fs.ErrExist}
		}
		return h.Server.write(h, name, data)
	})
}

// Write makes a file, or replaces its content.
func (h *Host) Write(name string, data []byte) error {
	return h.locked("Write", func() error { return h.Server.write(h, name, data) })
}

// Replace makes a file of what write writes, or replaces its content.
func (h *Host) Replace(name string, write func(io.Writer) error) error {
	var data bytes.Buffer
	if err := write(&data); err != nil {
		return err
	}
	return h.locked("Replace", func() error { return h.Server.write(h, name, data.Bytes()) })
}

// Rename moves a file or a folder.
func (h *Host) Rename(old, new string) error {
	return h.locked("Rename", func() error {
		if err := h.Server.rename(h, old, new); err != nil {
			return &fs.PathError{Op: "rename", Path: new, Err: err}
		}
		return nil
	})
}

// RemoveAll removes a file or a folder.
func (h *Host) RemoveAll(name string) error {
	return h.locked("RemoveAll", func() error {
		for _, path := range append([]string{name}, h.Server.below(name)...) {
			if h.Server.is(path) != nil {
				h.Server.put(h, path, nil)
			}
		}
		return nil
	})
}

// info describes a file or a folder.
type info struct {
	name string
	node *node
	at   time.Time
}

func (i info) Name() string { return i.name }

func (i info) Size() int64 { return int64(len(i.node.data)) }

func (i info) Mode() fs.FileMode {
	if i.node.folder {
		return fs.ModeDir
	}
	return 0
}

func (i info) ModTime() time.Time { return i.at }

func (i info) IsDir() bool { return i.node.folder }

func (i info) Sys() any { return nil }
