package results

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"ranksweep/grid"
	"ranksweep/metrics"
)

// NewerError says that a newer program wrote a record. The record agrees with its
// checksums, so it is not damaged, but it holds something that this program cannot read.
// It is neither trained again nor replaced.
type NewerError struct {
	ID      string // of the run
	Program string // that wrote the record; empty if the record does not tell
	Unknown string // what this program cannot read, by its name
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("written by a newer program, %q, which can read it: %s", e.Program, e.Unknown)
}

// format is the version of the form of records. A record without the field format in its
// run.json has version 1. A program that changes the meaning or the place of something
// raises it. Whatever it changes, it keeps SHA256SUMS, and the fields format and
// provenance.program of run.json.
const format = 1

// runHeader is the part of run.json that programs of every version write.
type runHeader struct {
	Format     int `json:"format"`
	Provenance struct {
		Program string `json:"program"`
	} `json:"provenance"`
}

// newer returns the error about a record that agrees with its checksums and is unreadable.
func newer(run []byte, unreadable error) error {
	var h runHeader
	json.Unmarshal(run, &h) // what it cannot read stays empty
	return &NewerError{Program: h.Provenance.Program, Unknown: unreadable.Error()}
}

// checkFields returns an error about a run.json of a later format, or with fields that a
// [Run] lacks.
func checkFields(run []byte) error {
	fields, err := members(run)
	if err != nil {
		return err
	}
	var unknown []string
	for _, f := range fields {
		if f.key == "format" {
			if err := checkFormat(f.value); err != nil {
				return err
			}
		} else if !slices.Contains(runFieldNames, f.key) {
			unknown = append(unknown, f.key)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return fmt.Errorf("unknown fields %q", slices.Compact(unknown))
	}
	return nil
}

func checkFormat(value []byte) error {
	var n int
	if err := json.Unmarshal(value, &n); err != nil {
		return err
	}
	if n > format {
		return fmt.Errorf("format %d: must be at most %d", n, format)
	}
	return nil
}

// runFieldNames are the fields that run.json may have beside its format.
var runFieldNames = jsonNames(reflect.TypeFor[Run]())

func jsonNames(structure reflect.Type) (names []string) {
	for _, f := range reflect.VisibleFields(structure) {
		if name, _, ok := strings.Cut(f.Tag.Get("json"), ","); ok || name != "" {
			names = append(names, name)
		}
	}
	return names
}

// unknownParts names the columns and files of a record that this program does not know.
// They are measured beside what it knows, so that it reads the record without them.
func unknownParts(files []file) (names []string) {
	for _, f := range files {
		if !slices.Contains(recordFiles, f.name) {
			names = append(names, fmt.Sprintf("file %q", f.name))
		}
		if columns, ok := knownColumns()[f.name]; ok {
			for _, name := range headerOf(f.data) {
				if !slices.Contains(columns, name) {
					names = append(names, fmt.Sprintf("column %q of %s", name, f.name))
				}
			}
		}
	}
	return names
}

// knownColumns are the columns that this program knows of each table of a record.
var knownColumns = sync.OnceValue(func() map[string][]string {
	points := columnNames(pointColumns(metrics.Quantities()))
	return map[string][]string{
		curveFile: points, modulesFile: points,
		validationFile: append(columnNames(validationColumns), bytesColumn.Name),
	}
})

// Newer returns, of the problems that [Store.Runs] met, the records that a newer program
// wrote, if the grid asks for their runs. Without a grid it returns all of them.
func Newer(g grid.Grid, problems []error) (found []*NewerError) {
	asked := g.IDs()
	for _, p := range problems {
		if e, ok := errors.AsType[*NewerError](p); ok && (g.Len() == 0 || asked[e.ID]) {
			found = append(found, e)
		}
	}
	return found
}
