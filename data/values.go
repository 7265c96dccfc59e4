package data

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// parseJSON adds the example of each object of a file. The objects stand one after the other,
// as in .jsonl, or in a list.
func parseJSON(t *text, add func(Example)) error {
	skipped, first := skipSpace(t)
	d := json.NewDecoder(t)
	// fail returns an error about what comes next.
	fail := func(err error) error { return misplaced{skipped + d.InputOffset(), broken(err)} }
	if first == '[' {
		d.Token()
	}
	var r record
	var raw json.RawMessage
	for d.More() {
		if err := d.Decode(&raw); err != nil {
			return fail(err)
		}
		x, err := r.parse(raw)
		if err != nil {
			return misplaced{skipped + d.InputOffset() - int64(len(raw)), err}
		}
		if cap(raw) > longLine {
			raw = nil // it is no longer needed, and the next ones may be short
		}
		add(x)
	}
	if first == '[' {
		if _, err := d.Token(); err != nil {
			return fail(err)
		}
	}
	switch err := d.Decode(&raw); {
	case err == io.EOF:
		return nil
	case err != nil:
		return fail(err)
	}
	return fail(errors.New("it goes on after the end of the list"))
}

// longLine is a length of objects above which their memory is given back at once.
const longLine = 1 << 20

// skipSpace passes the white space with which a text begins. It returns the number of bytes
// passed, and the byte that comes next.
func skipSpace(t *text) (n int64, next byte) {
	for ; ; n++ {
		c, err := t.ReadByte()
		if err != nil {
			return n, 0
		}
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			t.UnreadByte()
			return n, c
		}
	}
}

// broken says of errors in the form of JSON that they are such.
func broken(err error) error {
	if _, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("broken JSON: %w", err)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("broken JSON: the file ends before this does: is it cut off?")
	}
	return err
}
