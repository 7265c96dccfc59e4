package external

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// longest is the longest line that is read, in bytes: a step with every quantity of a
// hundred thousand maps.
const longest = 64 << 20

// lines reads the messages of the other process, one a line.
type lines struct{ r *bufio.Reader }

func newLines(r io.Reader) lines { return lines{bufio.NewReader(r)} }

// next returns the next message, or io.EOF if the other process has said all.
func (l lines) next() (message, error) {
	line, err := l.line()
	if err != nil {
		return message{}, err
	}
	var m message
	if err := json.Unmarshal(line, &m); err != nil {
		return m, fmt.Errorf("said %.80q, which is no message: %w", line, err)
	}
	return m, nil
}

func (l lines) line() ([]byte, error) {
	var line []byte
	for {
		part, err := l.r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == nil:
			return line, nil
		case len(line) > longest:
			return nil, fmt.Errorf("said %.80q…, a line of more than %d MB", line, longest>>20)
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(line) > 0:
			return nil, fmt.Errorf("ended in the middle of a message: %.80q", line)
		default:
			return nil, err
		}
	}
}
