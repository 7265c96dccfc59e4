package results

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// TestTidy removes what dead processes left, and keeps records and the claim of a living one.
func TestTidy(t *testing.T) {
	dir := t.TempDir()
	s := Open(dir)
	if err := s.Put(testRun("lora", 1, 4, 0)); err != nil {
		t.Fatal(err)
	}
	want := files(t, dir)
	for _, name := range []string{".partial/new/run.json", ".lock", ".lora-4-0.lock", ".lora-4-1.lock"} {
		path := filepath.Join(dir, "runs", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	unlock, ok, err := s.TryLock("living")
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	if err := s.Tidy(); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := Open(dir).TryLock("living"); ok || err != nil {
		t.Errorf("a claim that is held can be taken after tidying: %v, %v", ok, err)
	}
	unlock()
	if got := files(t, dir); !reflect.DeepEqual(got, want) {
		t.Errorf("store holds %d files, want %d", len(got), len(want))
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := s.Tidy(); err == nil {
		t.Error("tidied a file")
	}
}
