package results

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"ranksweep/userfile"
)

// compressedSuffix ends the file name of a table that is stored compressed.
const compressedSuffix = ".gz"

// writeCompressed writes a table into dir and replaces an existing file as a whole. The
// same rows give the same bytes, since the gzip header holds neither a name nor a time.
func (t Table) writeCompressed(dir string) error {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(encodeCSV(t.lines()))
	}
	path := filepath.Join(dir, t.File+compressedSuffix)
	if err = errors.Join(err, w.Close()); err != nil {
		return fmt.Errorf("results: %s: %w", path, err)
	}
	return writeFile(path, b.Bytes())
}

// readCompressed opens a compressed table in dir and hands its sheet to read.
func readCompressed(dir, name string, limit int64, read func(*sheet) error) error {
	path := filepath.Join(dir, name+compressedSuffix)
	f, err := userfile.Open(path, userfile.Weights)
	if err != nil {
		return fmt.Errorf("results: %w", err)
	}
	defer f.Close()
	text, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("results: %s:1: %w: the file is damaged", path, readable(err))
	}
	s, err := newSheet(path, bound(gunzip{text}, limit))
	if err != nil {
		return err
	}
	return read(s)
}

// gunzip reads compressed text and words its errors for people.
type gunzip struct{ text io.Reader }

func (g gunzip) Read(p []byte) (int, error) {
	n, err := g.text.Read(p)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("%w: the file is damaged from here on, or before", readable(err))
	}
	return n, err
}

// readable replaces an unexpected end of file by an error that says so in words.
func readable(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return errors.New("the compressed text is cut short")
	}
	return err
}
