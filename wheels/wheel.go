package main

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"
)

// name is the distribution's name, as pip knows it.
const name = "ranksweep"

// wheel is a wheel's content: a zip in the form of
// packaging.python.org/en/latest/specifications/binary-distribution-format.
type wheel struct {
	platform platform
	version  string    // in Python's form
	time     time.Time // which all files of the wheel have
	program  []byte
	licences []file
	requires []string // what the extra peft requires, as requirements.txt has it
}

// file is a file of a wheel, or of one of its folders.
type file struct {
	path    string
	content []byte
	mode    fs.FileMode
}

// fileName says what the wheel runs on: any Python 3, on the platform's systems.
func (w *wheel) fileName() string {
	return w.stem() + "-py3-none-" + strings.Join(w.platform.tags, ".") + ".whl"
}

func (w *wheel) stem() string { return name + "-" + w.version }

// files returns the wheel's files but its RECORD, in the order of their paths.
func (w *wheel) files() []file {
	files := []file{
		{w.stem() + ".data/scripts/" + w.platform.program(), w.program, 0o755},
		{w.info("METADATA"), w.metadata(), 0o644},
		{w.info("WHEEL"), w.about(), 0o644},
	}
	for _, l := range w.licences {
		files = append(files, file{w.info("licenses/" + l.path), l.content, 0o644})
	}
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.path, b.path) })
	return files
}

// info is the path of a file that describes the wheel.
func (w *wheel) info(path string) string { return w.stem() + ".dist-info/" + path }

// write writes the wheel, its RECORD last.
func (w *wheel) write(to io.Writer) error {
	z := zip.NewWriter(to)
	files := w.files()
	for _, f := range append(files, file{w.info("RECORD"), w.record(files), 0o644}) {
		header := &zip.FileHeader{Name: f.path, Method: zip.Deflate, Modified: w.time.UTC()}
		header.SetMode(f.mode)
		out, err := z.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := out.Write(f.content); err != nil {
			return err
		}
	}
	return z.Close()
}

// record lists files with their SHA-256 and their size, and itself with neither.
func (w *wheel) record(files []file) []byte {
	var text strings.Builder
	out := csv.NewWriter(&text)
	for _, f := range files {
		sum := sha256.Sum256(f.content)
		out.Write([]string{
			f.path, "sha256=" + base64.RawURLEncoding.EncodeToString(sum[:]), strconv.Itoa(len(f.content)),
		})
	}
	out.Write([]string{w.info("RECORD"), "", ""})
	out.Flush()
	return []byte(text.String())
}

// about is the file WHEEL.
func (w *wheel) about() []byte {
	var text strings.Builder
	fmt.Fprintf(&text, "Wheel-Version: 1.0\nGenerator: %s\nRoot-Is-Purelib: false\n", name)
	for _, tag := range w.platform.tags {
		fmt.Fprintf(&text, "Tag: py3-none-%s\n", tag)
	}
	return []byte(text.String())
}
