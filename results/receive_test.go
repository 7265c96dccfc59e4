package results

import (
	"errors"
	"maps"
	"strings"
	"testing"
)

func neverVaries(Run) bool { return false }

// TestReceive: what one store has of a run, another one gets to the byte, however it ended; a second
// time it does no harm.
func TestReceive(t *testing.T) {
	for _, status := range []Status{Done, Diverged, Failed} {
		r := attempt(status)
		from, to := Open(t.TempDir()), Open(t.TempDir())
		if err := from.Put(r); err != nil {
			t.Fatal(err)
		}
		sent, err := from.Files(r.ID)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if got, err := to.Receive(r.ID, sent, neverVaries); err != nil || got.Status != status {
				t.Fatalf("%s: %v, %v", status, got.Status, err)
			}
		}
		got, err := to.Files(r.ID)
		if err != nil || !maps.EqualFunc(got, sent, func(a, b []byte) bool { return string(a) == string(b) }) {
			t.Errorf("%s: %q, want %q: %v", status, got, sent, err)
		}
	}
}

// TestReceiveRefuses what is not the whole record of the run, and stores nothing of it.
func TestReceiveRefuses(t *testing.T) {
	r := attempt(Done)
	from := Open(t.TempDir())
	if err := from.Put(r); err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func(map[string][]byte) string{
		"an altered curve": func(m map[string][]byte) string { m[curveFile] = append(m[curveFile], 'x'); return r.ID },
		"no curve":         func(m map[string][]byte) string { delete(m, curveFile); return r.ID },
		"no timing":        func(m map[string][]byte) string { delete(m, timingFile); return r.ID },
		"one file more":    func(m map[string][]byte) string { m["../x"] = []byte("x"); return r.ID },
		"another run":      func(m map[string][]byte) string { return "0123456789ab" },
		"nothing":          func(m map[string][]byte) string { clear(m); return r.ID },
		"other spaces in JSON": func(m map[string][]byte) string {
			m[runFile] = append(m[runFile], '\n')
			m[sumsFile] = []byte(strings.ReplaceAll(string(m[sumsFile]), hashOf(m[runFile][:len(m[runFile])-1]),
				hashOf(m[runFile])))
			return r.ID
		},
	} {
		files, err := from.Files(r.ID)
		if err != nil {
			t.Fatal(err)
		}
		to := Open(t.TempDir())
		id := change(files)
		if _, err := to.Receive(id, files, neverVaries); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", what, err)
		}
		if ids, err := to.IDs(); err != nil || len(ids) > 0 {
			t.Errorf("%s: stored %q, %v", what, ids, err)
		}
	}
}

// TestReceiveCompares: another result of the same program is a conflict, unless its trainer promises
// no bytes; the first one stays.
func TestReceiveCompares(t *testing.T) {
	first, second := attempt(Done), attempt(Done)
	second.Tokens++
	from, to := Open(t.TempDir()), Open(t.TempDir())
	if err := errors.Join(from.Put(second), to.Put(first)); err != nil {
		t.Fatal(err)
	}
	files, err := from.Files(first.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := to.Receive(first.ID, files, func(Run) bool { return true }); err != nil {
		t.Error(err)
	}
	_, err = to.Receive(first.ID, files, neverVaries)
	if _, conflict := errors.AsType[*ConflictError](err); !conflict {
		t.Errorf("another result: %v", err)
	}
	if r, err := to.Get(first.ID); err != nil || r.Tokens != first.Tokens {
		t.Errorf("%d tokens stay, want %d: %v", r.Tokens, first.Tokens, err)
	}
}
