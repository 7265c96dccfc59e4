package external

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
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
	return parse(line)
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
			return nil, broken{
				fmt.Sprintf("said %.80q…", line), fmt.Sprintf(", a line of more than %d MB", longest>>20),
			}
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(line) > 0:
			return nil, broken{"ended", fmt.Sprintf(" in the middle of a message: %.80q", line)}
		default:
			return nil, err
		}
	}
}

// half knows of what is read whether it stops in the middle of a line.
type half struct {
	r    io.Reader
	open atomic.Bool
}

// Read implements io.Reader.
func (h *half) Read(p []byte) (int, error) {
	n, err := h.r.Read(p)
	if n > 0 {
		h.open.Store(p[n-1] != '\n')
	}
	return n, err
}
