package child

import (
	"bytes"
	"strings"
	"sync"
)

const (
	tailBytes = 8 << 10 // how much of a log is kept
	tailLines = 6       // how many of its last lines stand in an error
	lineBytes = 200     // how much of each
)

// Tail keeps the end of what a process writes to its log.
type Tail struct {
	mu   sync.Mutex
	kept []byte
}

// Write implements io.Writer.
func (t *Tail) Write(text []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, text...)
	if extra := len(t.kept) - tailBytes; extra > 0 {
		t.kept = append(t.kept[:0], t.kept[extra:]...)
	}
	return len(text), nil
}

// String returns the last lines in one; empty if nothing was written.
func (t *Tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var last []string
	for line := range bytes.Lines(t.kept) {
		if text := strings.ToValidUTF8(string(bytes.TrimSpace(line)), "?"); text != "" {
			last = append(last, text[:min(len(text), lineBytes)])
		}
	}
	return strings.Join(last[max(0, len(last)-tailLines):], " | ")
}
