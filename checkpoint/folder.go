package checkpoint

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"ranksweep/userfile"
)

// The files of a model folder.
const (
	configFile    = "config.json"
	weightsFile   = "model.safetensors"
	indexFile     = "model.safetensors.index.json"
	tokenizerFile = "tokenizer.json"
)

// folder is a file system, and its name in errors.
type folder struct {
	fs.FS
	name string
}

// Stat looks at a file without opening it, as [userfile] needs.
func (d folder) Stat(file string) (fs.FileInfo, error) { return fs.Stat(d.FS, file) }

// ReadLink and Lstat look at links, as [userfile] needs.
func (d folder) ReadLink(file string) (string, error)   { return fs.ReadLink(d.FS, file) }
func (d folder) Lstat(file string) (fs.FileInfo, error) { return fs.Lstat(d.FS, file) }

func (d folder) errorf(file, format string, args ...any) error {
	return d.wrap(file, fmt.Errorf(format, args...))
}

// wrap puts the file's full name before err.
func (d folder) wrap(file string, err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	}
	return fmt.Errorf("checkpoint: %s: %w", path.Join(d.name, file), err)
}

func (d folder) read(file string, most int64) ([]byte, error) {
	content, err := userfile.ReadFS(d, file, most)
	if err != nil {
		return nil, d.wrap(file, err)
	}
	if err := userfile.Mistaken(content); err != nil {
		return nil, d.wrap(file, err)
	}
	return content, nil
}

// notMistaken is an error if the first bytes of a file show that it stands for another file.
func (d folder) notMistaken(name string) error {
	file, err := userfile.OpenFS(d, name, userfile.Weights)
	if err != nil {
		return d.wrap(name, err)
	}
	defer file.Close()
	head := make([]byte, 256)
	n, _ := io.ReadFull(file, head) // a shorter file is as well; whoever reads it meets its errors
	if err := userfile.Mistaken(head[:n]); err != nil {
		return d.wrap(name, err)
	}
	return nil
}

// mapFile returns a file's content, if possible without reading it.
func (d folder) mapFile(name string) (*mapping, error) {
	file, err := userfile.OpenFS(d, name, userfile.Weights)
	if err != nil {
		return nil, d.wrap(name, err)
	}
	defer file.Close()
	if f, ok := file.(*os.File); ok {
		if m, err := mapFile(f); err == nil {
			return m, nil
		}
	}
	content, err := d.read(name, userfile.Weights)
	return &mapping{content: content}, err
}

func (d folder) readJSON(file string, v any) error {
	content, err := d.read(file, userfile.Settings)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(userfile.JSON(content), v); err != nil {
		return d.wrap(file, err)
	}
	return nil
}
