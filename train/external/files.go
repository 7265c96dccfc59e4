package external

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"ranksweep/data"
	"ranksweep/train/local"
	"ranksweep/wholefile"
)

// files are the files that runs are handed over in. They lie in a temporary folder.
type files struct {
	mu     sync.Mutex
	folder string                   // empty: not made yet
	models map[string]string        // folders by the model's name
	data   map[*data.Dataset]string // files of sequences
	runs   int                      // number of runs so far, for the names of their files
}

// dir returns the temporary folder.
func (f *files) dir() (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.locked()
}

func (f *files) locked() (dir string, err error) {
	if f.folder == "" {
		f.models, f.data = make(map[string]string), make(map[*data.Dataset]string)
		f.folder, err = wholefile.TempFolder("ranksweep")
	}
	return f.folder, err
}

// model returns the folder of a model.
func (f *files) model(here *local.Trainer, name string) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	dir, err := f.locked()
	if err != nil {
		return "", err
	}
	if f.models[name] == "" {
		path, err := here.Folder(name, filepath.Join(dir, fmt.Sprintf("model-%d", len(f.models))))
		if err != nil {
			return "", err
		}
		if f.models[name], err = filepath.Abs(path); err != nil {
			return "", err
		}
	}
	return f.models[name], nil
}

// sequences returns the file of a dataset.
func (f *files) sequences(d *data.Dataset) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	dir, err := f.locked()
	if err != nil {
		return "", err
	}
	if f.data[d] == "" {
		path := filepath.Join(dir, fmt.Sprintf("data-%d.safetensors", len(f.data)))
		if err := dataArrays(d).Write(path, nil); err != nil {
			return "", err
		}
		f.data[d] = path
	}
	return f.data[d], nil
}

// handOver writes the files of a run, and returns the message that asks for it.
func (f *files) handOver(here *local.Trainer, w local.Work, adapters bool) (m request, err error) {
	m = requestOf(w)
	if m.Model, err = f.model(here, w.Config.Model); err != nil {
		return m, err
	}
	if m.Data, err = f.sequences(w.Data); err != nil {
		return m, err
	}
	f.mu.Lock()
	f.runs++
	run := filepath.Join(f.folder, fmt.Sprintf("run-%d", f.runs))
	f.mu.Unlock()
	m.Work, m.save = run+".safetensors", run+"-state"
	if adapters && w.Config.Adapter.Ranked() {
		m.Adapters = run + "-adapters.safetensors"
	}
	return m, workArrays(w).Write(m.Work, nil)
}

// remove removes the files that no other run uses.
func (f *files) remove(m request) {
	for _, path := range []string{m.Work, m.Adapters, m.Resume, m.save} {
		if path != "" {
			os.Remove(path)
		}
	}
}

// close removes everything.
func (f *files) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.folder == "" {
		return nil
	}
	dir := f.folder
	f.folder = ""
	return os.RemoveAll(dir)
}
