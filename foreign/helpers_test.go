package foreign

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// written writes a file and returns its path.
func written(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// imported reads a CSV under a map.
func imported(t *testing.T, text, mapText string) (*Import, error) {
	t.Helper()
	m, err := ReadMap(written(t, "map.yaml", mapText))
	if err != nil {
		return nil, err
	}
	return Read([]string{written(t, "a.csv", text)}, m)
}

// shared returns the paths of data that is no part of the project, or skips the test.
func shared(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "..", "shared", "data", pattern))
	if err != nil || len(paths) == 0 {
		t.Skipf("there is no %s beside the checkout", filepath.Join("shared", "data", pattern))
	}
	return paths
}

// refused fails the test unless an error has all parts of what is wanted.
func refused(t *testing.T, what string, err error, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: %v: must say %q", what, err, part)
		}
	}
}
