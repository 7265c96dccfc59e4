package results

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"ranksweep/metrics"
	"ranksweep/wholefile"
)

// Rest keeps on disk what [Outlines] leave out of runs. It is a temporary file, which Close removes. A nil
// Rest keeps nothing.
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
	sizes  [4]int
}

// rest is what an outline leaves out of a run: three files of its record, which were read without an
// error, and its config. A text is empty if the record lacks the file.
type rest struct{ curve, modules, validation, config []byte }

func restOf(r Run) rest {
	left := rest{curve: wholeCurve(r), config: r.Config}
	if len(r.Modules) > 0 {
		left.modules = encodePoints(r.Modules)
	}
	if len(r.Validation) > 0 {
		left.validation = encodeValidation(r.Validation)
	}
	return left
}

// points are those of the curve, then those of the adapted maps.
func (r rest) points() (points []metrics.Point, err error) {
	for _, text := range [][]byte{r.curve, r.modules} {
		if len(text) > 0 && err == nil {
			var more []metrics.Point
			more, err = decodePoints(text)
			points = append(points, more...)
		}
	}
	return points, err
}

func (r *rest) texts() [4]*[]byte { return [4]*[]byte{&r.curve, &r.modules, &r.validation, &r.config} }

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

// decode reads a record, and keeps what its outline leaves out. That it cannot be kept is no fault of the
// record, and is said when it is wanted.
func (r *Rest) decode(files []file) (Run, error) {
	run, err := decodeRecord(files)
	if err == nil && r != nil {
		byName := contents(files)
		curve := withBitsPerByte(byName[curveFile], run)
		r.keep(run.ID, rest{curve, byName[modulesFile], byName[validationFile], run.Config})
	}
	return run, err
}

func (r *Rest) keep(id string, left rest) {
	var p place
	var all []byte
	for i, text := range left.texts() {
		p.sizes[i] = len(*text)
		all = append(all, *text...)
	}
	r.mu.Lock()
	p.offset = r.size
	r.size += int64(len(all))
	r.at[id] = p
	r.mu.Unlock()
	if _, err := r.file.WriteAt(all, p.offset); err != nil {
		r.mu.Lock()
		r.err = fmt.Errorf("results: %w: curves wait there while an export is made", err)
		r.mu.Unlock()
	}
}

// read returns what was kept of a run.
func (r *Rest) read(id string) (left rest, err error) {
	p, ok := r.at[id]
	if r.err != nil || !ok {
		return left, r.err
	}
	size := 0
	for _, n := range p.sizes {
		size += n
	}
	all := make([]byte, size)
	if _, err := r.file.ReadAt(all, p.offset); err != nil && err != io.EOF {
		return left, fmt.Errorf("results: %w", err)
	}
	for i, text := range left.texts() {
		*text, all = all[:p.sizes[i]], all[p.sizes[i]:]
	}
	return left, nil
}
