package results

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// ErrDamaged marks a record that is there but cannot be trusted: as good as
// missing, and replaced when its run is trained again.
var ErrDamaged = errors.New("damaged record")

// The files of a record. The checksums are over every other file but the
// timing, the only one that differs between two executions of a run.
const (
	runFile     = "run.json"
	curveFile   = "curve.csv"
	modulesFile = "modules.csv" // left out where no module was measured
	timingFile  = "timing.json"
	sumsFile    = "SHA256SUMS" // as sha256sum writes it, in order of name

	validationFile = "validation.csv" // left out where there is no validation set
)

// file is one file of a record.
type file struct {
	name string
	data []byte
}

// encodeRecord returns the files of a run's record, in order of name but for
// the checksums, which come last.
func encodeRecord(r Run) ([]file, error) {
	run, err := encodeJSON(r)
	if err != nil {
		return nil, err
	}
	timing, err := encodeJSON(r.Timing)
	if err != nil {
		return nil, err
	}
	files := []file{{curveFile, encodePoints(r.Curve)}}
	if len(r.Modules) > 0 {
		files = append(files, file{modulesFile, encodePoints(r.Modules)})
	}
	files = append(files, file{runFile, run}, file{timingFile, timing})
	if len(r.Validation) > 0 {
		files = append(files, file{validationFile, encodeValidation(r.Validation)})
	}
	return append(files, file{sumsFile, checksums(files)}), nil
}

// encodeJSON writes v indented, for people and diffs. It refuses NaN and Inf.
func encodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// checksums returns the content of SHA256SUMS for files.
func checksums(files []file) []byte {
	var b bytes.Buffer
	for _, f := range files {
		if f.name != timingFile && f.name != sumsFile {
			fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(f.data), f.name)
		}
	}
	return b.Bytes()
}

// readRecord reads the record in a folder. What is wrong with the record
// itself wraps [ErrDamaged]; a folder or file that the system refuses to read
// does not.
func readRecord(dir string) (Run, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return Run{}, err
	}
	var files []file
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue // left by an editor or a file manager
		}
		if !e.Type().IsRegular() {
			return Run{}, damaged(e.Name(), errors.New("not a plain file"))
		}
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return Run{}, err
		}
		files = append(files, file{e.Name(), data})
	}
	return decodeRecord(files)
}

// decodeRecord reads the record that files, in order of name, hold.
func decodeRecord(files []file) (Run, error) {
	if err := verify(files); err != nil {
		return Run{}, err
	}
	byName := contents(files)
	var r Run
	if err := json.Unmarshal(byName[runFile], &r); err != nil {
		return Run{}, damaged(runFile, err)
	}
	if err := r.check(); err != nil {
		return Run{}, damaged(runFile, err)
	}
	r.Config = compact(r.Config)
	if err := json.Unmarshal(byName[timingFile], &r.Timing); err != nil {
		return Run{}, damaged(timingFile, err)
	}
	var err error
	if r.Curve, err = decodePoints(byName[curveFile]); err != nil {
		return Run{}, damaged(curveFile, err)
	}
	if err := r.whole(); err != nil {
		return Run{}, damaged(curveFile, err)
	}
	if data, ok := byName[modulesFile]; ok {
		if r.Modules, err = decodePoints(data); err != nil {
			return Run{}, damaged(modulesFile, err)
		}
	}
	if data, ok := byName[validationFile]; ok {
		if r.Validation, err = decodeValidation(data); err != nil {
			return Run{}, damaged(validationFile, err)
		}
	}
	return r, nil
}

// whole reports whether the curve of a run that is done goes to its last step:
// cut short, its last values would pass for the final ones.
func (r Run) whole() error {
	if r.Status != Done {
		return nil
	}
	if n := len(r.Curve); n == 0 || r.Curve[n-1].Step != r.Steps {
		last := -1
		if n > 0 {
			last = r.Curve[n-1].Step
		}
		return fmt.Errorf("ends at step %d: a run that is done goes to its last one, %d", last, r.Steps)
	}
	return nil
}

// compact undoes the indentation of a part of run.json; null is no content.
func compact(raw json.RawMessage) json.RawMessage {
	if string(raw) == "null" {
		return nil
	}
	var b bytes.Buffer
	json.Compact(&b, raw) // cannot fail: raw was decoded from valid JSON
	return b.Bytes()
}

// verify holds files, in order of name, to the checksums among them.
func verify(files []file) error {
	byName := contents(files)
	for _, name := range []string{curveFile, runFile, timingFile, sumsFile} {
		if _, ok := byName[name]; !ok {
			return damaged(name, errMissing)
		}
	}
	sums := string(byName[sumsFile])
	for line := range strings.Lines(sums) {
		_, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if !ok {
			return damaged(sumsFile, errors.New("malformed"))
		}
		data, ok := byName[name]
		if !ok {
			return damaged(name, errMissing)
		}
		if line != string(checksums([]file{{name, data}})) {
			return damaged(name, errors.New("does not have its checksum"))
		}
	}
	if sums != string(checksums(files)) {
		return damaged(sumsFile, errors.New("does not list every file"))
	}
	return nil
}

func contents(files []file) map[string][]byte {
	byName := map[string][]byte{}
	for _, f := range files {
		byName[f.name] = f.data
	}
	return byName
}

var errMissing = errors.New("missing")

// damaged keeps no error but ErrDamaged in the chain: a record without one of
// its files is not an absent record.
func damaged(name string, err error) error {
	return fmt.Errorf("%w: %s: %v", ErrDamaged, name, err)
}
