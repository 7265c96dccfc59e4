package storetest

import (
	"errors"
	"io/fs"
	"testing"
	"testing/synctest"
	"time"
)

// A host sees its own changes at once, and those of another one after the delay. What may be
// done depends on what is there and not on what is seen.
func TestHostsSeeLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Server{Delay: time.Second}
		a, b := &Host{Server: s}, &Host{Server: s}
		sees := func(h *Host, name string, want bool) {
			t.Helper()
			_, err := h.ReadFile(name)
			if (err == nil) != want || err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("reading %s: %v, want that it is seen: %v", name, err, want)
			}
		}
		if err := errors.Join(a.MkdirAll("/x/y"), a.Write("/x/y/f", []byte("1"))); err != nil {
			t.Fatal(err)
		}
		sees(a, "/x/y/f", true)
		sees(b, "/x/y/f", false)
		if err := b.Create("/x/y/f", nil); !errors.Is(err, fs.ErrExist) {
			t.Errorf("made what is there: %v", err)
		}
		if err := errors.Join(b.MkdirAll("/x/z"), b.Rename("/x/y", "/x/z")); err != nil {
			t.Error(err)
		}
		sees(b, "/x/z/f", true)
		sees(a, "/x/z/f", false)
		sees(a, "/x/y/f", true)
		time.Sleep(time.Second)
		sees(a, "/x/z/f", true)
		sees(a, "/x/y/f", false)
		if list, err := a.ReadDir("/x"); len(list) != 1 || list[0].Name() != "z" || !list[0].IsDir() {
			t.Errorf("the folder has %v, %v", list, err)
		}
		if err := errors.Join(a.MkdirAll("/x/w"), a.Rename("/x/w", "/x/z")); !errors.Is(err, fs.ErrExist) {
			t.Errorf("renamed onto a folder with a file: %v", err)
		}
		if err := a.RemoveAll("/x"); err != nil || len(s.Files()) != 0 {
			t.Errorf("removed: %v, left %v", err, s.Files())
		}
	})
}
