package results

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"
)

// maxText bounds the text that is read from one file, after decompression: a small file
// can expand to any amount of text.
const maxText = 1 << 30

// sheet reads a CSV file row by row and knows where it is.
type sheet struct {
	file   string
	header []string
	in     *csv.Reader
	line   int // line number of the last row
}

// newSheet reads the header, in which every column must have its own name.
func newSheet(file string, text io.Reader) (*sheet, error) {
	s := &sheet{file: file, in: csv.NewReader(text)}
	s.in.ReuseRecord = true
	header, err := s.next()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("results: %s: is empty: it must begin with the names of columns", file)
	}
	if err != nil {
		return nil, err
	}
	s.header = slices.Clone(header)
	for i, name := range s.header {
		if slices.Contains(s.header[:i], name) {
			return nil, s.wrong("column %q is there twice", name)
		}
	}
	return s, nil
}

// next returns the next row, which is valid until the following call; [io.EOF] after the
// last row.
func (s *sheet) next() ([]string, error) {
	row, err := s.in.Read()
	if err == io.EOF {
		return nil, io.EOF
	}
	if syntax, ok := errors.AsType[*csv.ParseError](err); ok {
		s.line = syntax.Line
		return nil, s.wrong("%w", syntax.Err)
	}
	if err != nil {
		s.line++
		return nil, s.wrong("%w", err)
	}
	s.line, _ = s.in.FieldPos(0)
	return row, s.checkText(row)
}

// each reads all rows that are left; cells are valid until read returns.
func (s *sheet) each(read func(cells []string) error) error {
	for {
		cells, err := s.next()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = read(cells)
		}
		if err != nil {
			return err
		}
	}
}

// checkText checks that all cells are UTF-8, the header's as well.
func (s *sheet) checkText(row []string) error {
	for i, cell := range row {
		switch {
		case utf8.ValidString(cell):
		case i < len(s.header):
			return s.wrong("column %s: %.40q: must be UTF-8", s.header[i], cell)
		default:
			return s.wrong("column %d: %.40q: must be UTF-8", i+1, cell)
		}
	}
	return nil
}

// wrong is an error at the row that was read last.
func (s *sheet) wrong(format string, args ...any) error { return s.wrongAt(s.line, format, args...) }

// wrongCell is an error about a cell of that row.
func (s *sheet) wrongCell(column, cell string, err error) error {
	return s.wrong("column %s: %.40q: %w", column, cell, err)
}

func (s *sheet) wrongAt(line int, format string, args ...any) error {
	return fmt.Errorf("results: %s:%d: %w", s.file, line, fmt.Errorf(format, args...))
}

// require reports the first of some columns that the sheet lacks.
func (s *sheet) require(columns []Column) error {
	for _, c := range columns {
		if !slices.Contains(s.header, c.Name) {
			return s.wrong("column %q is missing: %s", c.Name, anotherVersion)
		}
	}
	return nil
}

// anotherVersion explains unexpected columns to the user.
const anotherVersion = "another version of the program wrote the file, which that version reads, or it is damaged"

// bounded reads up to a limit, and fails if there is more.
type bounded struct {
	text  io.Reader
	left  int64
	limit int64
}

func bound(text io.Reader, limit int64) io.Reader { return &bounded{text, limit, limit} }

func (b *bounded) Read(p []byte) (int, error) {
	if b.left == 0 {
		return b.pastLimit()
	}
	n, err := b.text.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// pastLimit finds out whether there is more text after the limit.
func (b *bounded) pastLimit() (int, error) {
	n, err := io.ReadFull(b.text, make([]byte, 1))
	if n > 0 {
		return 0, fmt.Errorf("holds more than %d bytes of text, more than is read: no study is that large", b.limit)
	}
	return 0, err
}
