package tokenizer

import (
	"strings"
	"testing"
	"testing/fstest"
)

// wantError fails the test unless the text of err contains every one of want.
func wantError(t *testing.T, err error, want ...string) {
	t.Helper()
	for _, w := range want {
		if err == nil || !strings.Contains(err.Error(), w) {
			t.Errorf("error is %v, want one with %q", err, w)
		}
	}
}

// asFS returns a folder with the given files.
func asFS(files map[string][]byte) fstest.MapFS {
	fsys := make(fstest.MapFS)
	for name, content := range files {
		fsys[name] = &fstest.MapFile{Data: content}
	}
	return fsys
}
