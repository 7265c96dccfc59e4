package userfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(path, []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, link} {
		if got, err := Read(name, 5); string(got) != "12345" || err != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		_, err := Read(name, 4)
		refuses(t, name, err, "open "+name+": it has more than 4 bytes")
	}
	got, err := ReadFS(fstest.MapFS{"a": {Data: []byte("123")}}, "a", 3)
	if string(got) != "123" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestReadRefuses(t *testing.T) {
	dir := t.TempDir()
	_, err := Read(dir, 9)
	refuses(t, "a folder", err, "open "+dir+": it is a folder")
	absent := filepath.Join(dir, "absent")
	_, err = Read(absent, 9)
	refuses(t, "nothing", err, "open "+absent+": no such file")
	_, err = Read("", 9)
	refuses(t, "no name", err, "no such file")
	tree := fstest.MapFS{"pipe": {Mode: fs.ModeNamedPipe}, "device": {Mode: fs.ModeDevice | fs.ModeCharDevice}}
	for _, name := range []string{"pipe", "device"} {
		_, err := ReadFS(tree, name, 9)
		refuses(t, name, err, "open "+name+": it is a "+name)
	}
}

// sealed is a file system whose files exist, and may not be opened.
type sealed struct{ fstest.MapFS }

func (sealed) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
}

func TestReadWithoutPermission(t *testing.T) {
	_, err := ReadFS(sealed{fstest.MapFS{"a": {Data: []byte("123")}}}, "a", 9)
	refuses(t, "sealed", err, "open a: permission denied: make it readable, as by chmod +r")
	if !errors.Is(err, fs.ErrPermission) {
		t.Errorf("%v is no fs.ErrPermission", err)
	}
}

// A link to nothing is named as such, and is not taken for a file that is not there.
func TestLinksToNothing(t *testing.T) {
	dir := t.TempDir()
	for name, to := range map[string]string{"dangling": "gone.txt", "chain": "dangling", "whole": "file", "file": ""} {
		var err error
		if to == "" {
			err = os.WriteFile(filepath.Join(dir, name), nil, 0o600)
		} else {
			err = os.Symlink(to, filepath.Join(dir, name))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, to := range map[string]string{"dangling": "gone.txt", "chain": "dangling"} {
		path := filepath.Join(dir, name)
		_, err := Read(path, 9)
		_, errFS := ReadFS(os.DirFS(dir), name, 9)
		for _, err := range []error{err, errFS, DanglingLink(path)} {
			refuses(t, name, err, name+`: it is a link to "`+to+`", which is not there`)
			if errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: %v passes for a file that is not there", name, err)
			}
		}
	}
	for _, name := range []string{"whole", "file", "absent"} {
		if err := DanglingLink(filepath.Join(dir, name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := ReadFS(os.DirFS(dir), "absent", 9)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("absent: %v", err)
	}
}

// Some files say that they have no bytes, and have many.
func TestReadCountsBytes(t *testing.T) {
	const lying = "/proc/self/maps"
	if info, err := os.Stat(lying); err != nil || info.Size() != 0 {
		t.Skip(lying + " is not there, or has a size")
	}
	if got, err := Read(lying, Settings); len(got) == 0 || err != nil {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	_, err := Read(lying, 9)
	refuses(t, lying, err, "read "+lying+": it has more than 9 bytes")
}

func refuses(t *testing.T, what string, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%s: %v, want %q", what, err, want)
	}
}
