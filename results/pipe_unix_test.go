//go:build unix

package results

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// A pipe or a device in place of a file is an error, and is not waited for.
func TestPipesAreRefused(t *testing.T) {
	s := Open(t.TempDir())
	for id, make := range map[string]func(path string) error{
		"pipe":   func(path string) error { return unix.Mkfifo(path, 0o666) },
		"device": func(path string) error { return os.Symlink("/dev/zero", path) },
	} {
		record := filepath.Join(s.path(id), sumsFile)
		if err := os.MkdirAll(filepath.Dir(record), 0o777); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{record, s.CheckpointFile(id)} {
			if err := make(path); err != nil {
				t.Skip(err)
			}
		}
		_, recordErr := s.Get(id)
		_, checkpointErr := s.ReadCheckpoint(id)
		for _, err := range []error{recordErr, checkpointErr} {
			if err == nil || !strings.Contains(err.Error(), "a pipe or a device") {
				t.Errorf("%s: %v", id, err)
			}
		}
	}
}
