package data

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"ranksweep/userfile"
)

// maxText is the most bytes of text that a source may have, once it is unpacked.
const maxText = 2 << 30

// text is the text of a file, unpacked and without a byte order mark.
type text struct {
	*bufio.Reader
	size   int64 // bytes of the file
	closer io.Closer
}

func (t *text) Close() error { return t.closer.Close() }

// openText opens a file of UTF-8, which may be packed by gzip. It refuses other formats by how
// they begin.
func openText(path string) (*text, error) {
	f, err := userfile.Open(path, maxText)
	if err != nil {
		return nil, err
	}
	t := &text{closer: f}
	if info, err := f.Stat(); err == nil {
		t.size = info.Size()
	}
	t.Reader = bufio.NewReader(&bounded{f, maxText})
	if begin, _ := t.Peek(2); string(begin) == gzipMagic {
		unpacked, err := gzip.NewReader(t.Reader)
		if err != nil {
			f.Close()
			return nil, fmt.Errorf("%s: %w: unpack it by gunzip, to see more", path, err)
		}
		t.Reader = bufio.NewReader(&bounded{unpacked, maxText})
	}
	begin, _ := t.Peek(64) // fewer bytes at the end of the file
	if err := refuseMagic(path, begin); err != nil {
		f.Close()
		return nil, err
	}
	if bytes.HasPrefix(begin, []byte("\ufeff")) {
		t.Discard(len("\ufeff"))
	}
	return t, nil
}

const gzipMagic = "\x1f\x8b"

// bounded gives an error in place of more than left bytes. A read gives all that there is room for, since
// json.Decoder looks at white space again from its beginning after each read.
type bounded struct {
	io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := io.ReadFull(b.Reader, p)
	if n > 0 {
		err = nil // the next read has it
	}
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooLong
	}
	return n, err
}

var errTooLong = fmt.Errorf("more than %d bytes of text: train on a part of it, as by head -n 100000", maxText)

// lineAt returns the line of the first thing after an offset in a file's text that is neither
// white space nor a comma.
func lineAt(path string, offset int64) int {
	t, err := openText(path)
	if err != nil {
		return 0
	}
	defer t.Close()
	line := 1
	for at := int64(0); ; at++ {
		c, err := t.ReadByte()
		if err != nil || at >= offset && !bytes.ContainsRune([]byte(" \t\r\n,"), rune(c)) {
			return line
		}
		if c == '\n' {
			line++
		}
	}
}

// misplaced is an error about what begins at an offset in a file's text.
type misplaced struct {
	offset int64
	error
}

func (m misplaced) Unwrap() error { return m.error }

// place puts the file's name, and the line if it is known, before an error.
func place(path string, err error) error {
	if m, ok := errors.AsType[misplaced](err); ok {
		return fmt.Errorf("%s:%d: %w", path, lineAt(path, m.offset), m.error)
	}
	return fmt.Errorf("%s: %w", path, err)
}

// ending returns the ending of a file's name in small letters, without .gz.
func ending(path string) string {
	return filepath.Ext(strings.TrimSuffix(strings.ToLower(path), ".gz"))
}
