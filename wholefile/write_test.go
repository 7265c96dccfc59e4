package wholefile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func TestWriteReplaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	for _, text := range []string{"the first", "new"} {
		if err := WriteBytes(path, 0o600, []byte(text)); err != nil {
			t.Fatal(err)
		}
		expect(t, path, text)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if perm := info.Mode().Perm(); perm != 0o600 && runtime.GOOS != "windows" {
		t.Errorf("permissions are %o, want 600", perm)
	}
}

func TestFailedWriteChangesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	if err := WriteBytes(path, 0o666, []byte("old")); err != nil {
		t.Fatal(err)
	}
	full := errors.New("the disk is full")
	err := Write(path, 0o666, func(w io.Writer) error {
		if _, err := io.WriteString(w, strings.Repeat("x", 1<<16)); err != nil {
			return err
		}
		return full
	})
	if !errors.Is(err, full) {
		t.Errorf("error %v, want %v", err, full)
	}
	expect(t, path, "old")
}

func TestWriteRefuses(t *testing.T) {
	dir := t.TempDir()
	if err := WriteBytes(filepath.Join(dir, "none", "a"), 0o666, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("in a folder that is not there: %v", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := WriteBytes(filepath.Join(dir, "folder"), 0o666, nil); err == nil {
		t.Error("a folder is replaced")
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("%d entries in the folder, want 1: %v", len(left), err)
	}
}

func TestWritersTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	texts := []string{strings.Repeat("a", 1<<16), strings.Repeat("b", 1<<17)}
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			if err := WriteBytes(path, 0o666, []byte(texts[i%2])); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != texts[0] && string(got) != texts[1] {
		t.Errorf("the file holds %d bytes of neither writer: %v", len(got), err)
	}
}

// expect holds a file's text to want, and its folder to hold that file alone.
func expect(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("the file holds %q, want %q: %v", got, want, err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("%d files in the folder, want 1: %v", len(left), err)
	}
}
