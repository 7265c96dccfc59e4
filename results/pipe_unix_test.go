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
		dir := t.TempDir()
		grid, study := filepath.Join(dir, gridFile), filepath.Join(dir, studyFile)
		for _, path := range []string{record, s.CheckpointFile(id), s.leasePath(id), grid, study} {
			if err := make(path); err != nil {
				t.Skip(err)
			}
		}
		_, recordErr := s.Get(id)
		_, checkpointErr := s.ReadCheckpoint(id)
		// What stands in place of a lease counts as one, until it has stood there for a minute.
		if l, err := s.Claim(t.Context(), id); l != nil || err != nil {
			t.Errorf("%s: claimed: %v, %v", id, l, err)
		}
		_, gridErr := ReadGrid(dir)
		_, studyErr := ReadAbout(dir)
		for i, err := range []error{recordErr, checkpointErr, gridErr, studyErr} {
			if err == nil || !strings.Contains(err.Error(), id) || !strings.Contains(err.Error(), "must be a file") {
				t.Errorf("%s, %d: %v", id, i, err)
			}
		}
	}
}
