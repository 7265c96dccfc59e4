package results

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"ranksweep/metrics"
	"ranksweep/wholefile"
)

// Rest keeps on disk what [Outlines] leave out of runs: curves, validations and configs. It is a
// temporary file, which Close removes. A nil Rest keeps nothing.
type Rest struct {
	file *os.File

	mu   sync.Mutex
	size int64
	at   map[string]place // by ID
	err  error            // why a run is not kept
}

// place is where the texts of a run are: one after the other.
type place struct {
	offset int64
	sizes  [3]int
}

// rest is what an outline leaves out of a run.
type rest struct {
	Curve      []metrics.Point
	Validation []ValidationBatch
	Config     json.RawMessage
}

// NewRest makes the file in the folder that an export goes to, which is created if it is missing. What
// a killed process left there is removed.
func NewRest(folder string) (*Rest, error) {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, fmt.Errorf("results: %w", err)
	}
	wholefile.Tidy(folder)
	file, err := os.Create(filepath.Join(folder, wholefile.PartialName("export")))
	if err != nil {
		return nil, fmt.Errorf("results: %w", err)
	}
	return &Rest{file: file, at: make(map[string]place)}, nil
}

// Close removes the file.
func (r *Rest) Close() error {
	if r == nil {
		return nil
	}
	return errors.Join(r.file.Close(), os.Remove(r.file.Name()))
}

// decode reads a record as a [Store.View] does, and keeps what its outline leaves out. That it cannot
// be kept is no fault of the record, and is said when it is wanted.
func (r *Rest) decode(files []file) (Run, error) {
	run, err := decodeView(files)
	if err == nil && r != nil {
		byName := contents(files)
		r.keep(run.ID, byName[curveFile], byName[validationFile], run.Config)
	}
	return run, err
}

func (r *Rest) keep(id string, curve, validation, config []byte) {
	p := place{sizes: [3]int{len(curve), len(validation), len(config)}}
	text := append(append(append(make([]byte, 0, p.size()), curve...), validation...), config...)
	r.mu.Lock()
	p.offset = r.size
	r.size += p.size()
	r.at[id] = p
	r.mu.Unlock()
	if _, err := r.file.WriteAt(text, p.offset); err != nil {
		r.mu.Lock()
		r.err = fmt.Errorf("results: %w: curves wait there while an export is made", err)
		r.mu.Unlock()
	}
}

// read returns what was kept of a run.
func (r *Rest) read(id string) (one rest, err error) {
	p, ok := r.at[id]
	if r.err != nil || !ok {
		return one, r.err
	}
	text := make([]byte, p.size())
	if _, err := r.file.ReadAt(text, p.offset); err != nil && err != io.EOF {
		return one, fmt.Errorf("results: %w", err)
	}
	curve, text := text[:p.sizes[0]], text[p.sizes[0]:]
	validation, config := text[:p.sizes[1]], text[p.sizes[1]:]
	if one.Curve, err = decodePoints(curve); err == nil && len(validation) > 0 {
		one.Validation, err = decodeValidation(validation)
	}
	one.Config = config
	return one, err
}

func (p place) size() int64 { return int64(p.sizes[0] + p.sizes[1] + p.sizes[2]) }
