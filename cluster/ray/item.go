package ray

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ranksweep/userfile"
)

// Item is a file, or a folder of files, that is sent by its content.
type Item struct {
	Folder bool   `json:"folder"`
	Files  []File `json:"files"`
}

// File is a file of an item.
type File struct {
	Name   string `json:"name"`
	Path   string `json:"path"` // on this machine
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"` // in bytes
}

// Size is that of all files together, in bytes.
func (i Item) Size() (sum int64) {
	for _, f := range i.Files {
		sum += f.Size
	}
	return sum
}

// unread are the endings of files in the folders of models that no trainer reads: weights in other
// formats than safetensors.
var unread = []string{".bin", ".ckpt", ".gguf", ".h5", ".msgpack", ".onnx", ".ot", ".pt", ".pth"}

// itemOf reads a file, or the folder of a model, of which the folders in it are no part.
func itemOf(ctx context.Context, path string) (i Item, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return i, fmt.Errorf("ray: %w", err)
	}
	if !info.IsDir() {
		f, err := fileOf(ctx, path)
		return Item{Files: []File{f}}, err
	}
	i.Folder = true
	entries, err := os.ReadDir(path)
	if err != nil {
		return i, fmt.Errorf("ray: %w", err)
	}
	for _, e := range entries {
		name := filepath.Join(path, e.Name())
		info, err := os.Stat(name)
		if err != nil || info.IsDir() || slices.Contains(unread, strings.ToLower(filepath.Ext(name))) {
			continue
		}
		f, err := fileOf(ctx, name)
		if err != nil {
			return i, err
		}
		i.Files = append(i.Files, f)
	}
	return i, nil
}

func fileOf(ctx context.Context, path string) (File, error) {
	f, err := userfile.Open(path, userfile.Weights)
	if err != nil {
		return File{}, fmt.Errorf("ray: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	size, err := io.Copy(h, until{ctx, f})
	if err != nil {
		return File{}, fmt.Errorf("ray: %s: %w", path, err)
	}
	path, err = filepath.Abs(path)
	return File{filepath.Base(path), path, fmt.Sprintf("%x", h.Sum(nil)), size}, err
}

// until reads until a context ends.
type until struct {
	ctx context.Context
	io.Reader
}

func (u until) Read(p []byte) (int, error) {
	if u.ctx.Err() != nil {
		return 0, context.Cause(u.ctx)
	}
	return u.Reader.Read(p)
}
