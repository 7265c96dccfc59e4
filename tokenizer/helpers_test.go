package tokenizer

import (
	"context"
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

// mustEncode returns the ids of a whole text.
func mustEncode(t testing.TB, tok Tokenizer, text string) []int32 {
	t.Helper()
	ids, err := tok.Encode(context.Background(), text)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func mustEncodePiece(t testing.TB, tok Tokenizer, text string) []int32 {
	t.Helper()
	ids, err := tok.EncodePiece(context.Background(), text)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func mustDecode(t testing.TB, tok Tokenizer, ids []int32) string {
	t.Helper()
	text, err := tok.Decode(context.Background(), ids)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
