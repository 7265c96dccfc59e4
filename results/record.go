package results

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// ErrDamaged marks a record that does not agree with its checksums. It is as good as
// missing, and is replaced when its run is trained again.
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

// recordFiles are all of them.
var recordFiles = []string{curveFile, modulesFile, runFile, timingFile, validationFile, sumsFile}

// file is one file of a record.
type file struct {
	name string
	data []byte
}

// encodeRecord returns the files of a run's record, in order of name but for
// the checksums, which come last.
func encodeRecord(r Run) ([]file, error) {
	run, err := encodeRun(r)
	if err != nil {
		return nil, err
	}
	timing, err := encodeTiming(r)
	if err != nil {
		return nil, err
	}
	files := []file{{curveFile, encodeCurve(r)}}
	if len(r.Modules) > 0 {
		files = append(files, file{modulesFile, encodePoints(r.Modules)})
	}
	files = append(files, file{runFile, run}, file{timingFile, timing})
	if len(r.Validation) > 0 {
		files = append(files, file{validationFile, encodeValidation(r.Validation)})
	}
	return append(files, file{sumsFile, checksums(files)}), nil
}

// decoder reads the record that files, in order of name, hold.
type decoder func(files []file) (Run, error)

// readRecord reads the record in a folder. If the record does not agree with its checksums,
// the error wraps [ErrDamaged]. If it does, but cannot be read, the error is a [NewerError].
// A folder or file that the system refuses to read is neither. Files that are no part of
// the record are not looked at.
func readRecord(disk FileSystem, dir string, decode decoder) (Run, error) {
	files, _, err := readFiles(disk, dir)
	if err != nil {
		return Run{}, err
	}
	return decode(files)
}

// readFiles returns the files of the record in a folder, in order of name, and the names of what
// else is there.
func readFiles(disk FileSystem, dir string) (files []file, others []string, err error) {
	entries, err := disk.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	sums, err := disk.ReadFile(filepath.Join(dir, sumsFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	names := slices.Concat(recordFiles, listed(sums))
	for _, e := range entries {
		if !e.Type().IsRegular() || !slices.Contains(names, e.Name()) {
			others = append(others, e.Name())
			continue
		}
		data := sums
		if e.Name() != sumsFile {
			if err := notTooLarge(e); err != nil {
				return nil, nil, err
			}
			if data, err = disk.ReadFile(filepath.Join(dir, e.Name())); err != nil {
				return nil, nil, err
			}
		}
		files = append(files, file{e.Name(), data})
	}
	return files, others, nil
}

// notTooLarge refuses a file that no record has, before it is read into memory.
func notTooLarge(e fs.DirEntry) error {
	info, err := e.Info()
	if err != nil || info.Size() <= maxText {
		return err
	}
	return damaged(e.Name(), fmt.Errorf("it has %d bytes, and a file of a record has at most %d", info.Size(), maxText))
}

// decodeRecord reads a whole record.
func decodeRecord(files []file) (Run, error) { return decodeWithout(files) }

// decodeView reads a record without Modules, whose file is held to its checksum all the same.
func decodeView(files []file) (Run, error) { return decodeWithout(files, modulesFile) }

// decodeWithout reads a record. The named files are held to their checksums, and not read.
func decodeWithout(files []file, names ...string) (Run, error) {
	if err := verify(files); err != nil {
		return Run{}, err
	}
	byName := contents(files)
	for _, name := range names {
		delete(byName, name)
	}
	r, err := decodeSummed(byName)
	if err != nil {
		return Run{}, newer(byName[runFile], err)
	}
	timing, ok := byName[timingFile]
	if !ok {
		return Run{}, damaged(timingFile, errMissing)
	}
	if err := json.Unmarshal(timing, &r.Timing); err != nil {
		return Run{}, damaged(timingFile, err)
	}
	r.Unknown = unknownParts(files)
	return r, nil
}

// decodeSummed reads the files that have checksums.
func decodeSummed(byName map[string][]byte) (r Run, err error) {
	if r, err = decodeRun(byName[runFile]); err != nil {
		return r, fmt.Errorf("%s: %w", runFile, err)
	}
	if r.Curve, err = decodePoints(byName[curveFile]); err == nil {
		err = r.whole()
	}
	if err != nil {
		return r, fmt.Errorf("%s: %w", curveFile, err)
	}
	if data, ok := byName[modulesFile]; ok {
		if r.Modules, err = decodePoints(data); err != nil {
			return r, fmt.Errorf("%s: %w", modulesFile, err)
		}
	}
	if data, ok := byName[validationFile]; ok {
		if r.Validation, err = decodeValidation(data); err != nil {
			return r, fmt.Errorf("%s: %w", validationFile, err)
		}
	}
	setBitsPerByte(r.Curve, r.Validation)
	return r, nil
}

// decodeRun reads run.json.
func decodeRun(text []byte) (r Run, err error) {
	if err := checkFields(text); err != nil {
		return r, err
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return r, err
	}
	r.Config = compact(r.Config)
	r.leaveAbsent()
	return r, r.check()
}

// whole returns an error if the run is done and its curve does not go to its last step. The last
// values of a curve that was cut short would pass for the final ones.
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
	json.Compact(&b, raw)         // cannot fail: raw was decoded from valid JSON
	return bytes.Clone(b.Bytes()) // without the room that the buffer has left
}

var errMissing = errors.New("missing")

// damaged keeps no error but ErrDamaged in the chain: a record without one of
// its files is not an absent record. The name may be what is left of one.
func damaged(name string, err error) error {
	return fmt.Errorf("%w: %s: %v", ErrDamaged, strings.Trim(strconv.Quote(name), `"`), err)
}
