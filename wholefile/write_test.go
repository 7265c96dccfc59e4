package wholefile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestWriteReplaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	for _, text := range []string{"the first", "new"} {
		if err := WriteBytes(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		expect(t, path, text)
	}
}

func TestFailedWriteChangesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	if err := WriteBytes(path, []byte("old")); err != nil {
		t.Fatal(err)
	}
	full := errors.New("the disk is full")
	err := Write(path, func(w io.Writer) error {
		if _, err := io.WriteString(w, strings.Repeat("x", 1<<16)); err != nil {
			return err
		}
		return full
	})
	if !errors.Is(err, full) || !strings.HasPrefix(err.Error(), path+": ") {
		t.Errorf("error %v, want %s: %v", err, path, full)
	}
	expect(t, path, "old")
}

func TestWriteMakesFolders(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "c.csv")
	if err := WriteBytes(path, []byte("text")); err != nil {
		t.Fatal(err)
	}
	expect(t, path, "text")
}

func TestWriteRefuses(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "folder", "file")
	if err := WriteBytes(file, nil); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"a folder": filepath.Dir(file), "below a file": filepath.Join(file, "a"),
	} {
		if err := WriteBytes(path, nil); err == nil || !strings.HasPrefix(err.Error(), path+": ") {
			t.Errorf("%s: error %v, want one that names %s", name, err, path)
		}
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
			if err := WriteBytes(path, []byte(texts[i%2])); err != nil {
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
