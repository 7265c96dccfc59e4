package tokenizer

import (
	"strings"
	"testing"
	"testing/fstest"
)

// wantError fails the test unless err's text has every one of want in it.
func wantError(t *testing.T, err error, want ...string) {
	t.Helper()
	for _, w := range want {
		if err == nil || !strings.Contains(err.Error(), w) {
			t.Errorf("error is %v, want one with %q", err, w)
		}
	}
}

// asFS is a folder of files.
func asFS(files map[string][]byte) fstest.MapFS {
	fsys := make(fstest.MapFS)
	for name, content := range files {
		fsys[name] = &fstest.MapFile{Data: content}
	}
	return fsys
}
