package results

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ranksweep/metrics"
)

// holding returns a store that holds one run, changed as given.
func holding(t *testing.T, change func(*Run)) *Store {
	t.Helper()
	s, r := Open(t.TempDir()), testRun("lora", 1, 4, 0)
	change(&r)
	if err := s.Put(r); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestUnionChooses: of two records of one run the union has the first that stays. Two that must be
// the same and differ are an error that names both.
func TestUnionChooses(t *testing.T) {
	same := func(*Run) {}
	failed := func(r *Run) { r.Status, r.Reason = Failed, "out of luck" }
	otherLoss := func(r *Run) { r.Curve[len(r.Curve)-1].Values[metrics.TrainLoss] += 1 }
	otherMaker := func(r *Run) { otherLoss(r); r.Provenance.Kernel = "another" }
	always, never := func(Run) bool { return true }, func(Run) bool { return false }
	for _, test := range []struct {
		name          string
		first, second func(*Run)
		varies        func(Run) bool
		chosen        int // 1 or 2; 0: a conflict
		says          string
	}{
		{"the same", same, same, never, 1, ""},
		{"a failed one and a result", failed, same, never, 2, ""},
		{"a result and a failed one", same, failed, never, 1, ""},
		{"two failed ones", failed, failed, never, 1, ""},
		{"another loss", same, otherLoss, never, 0, "are records of one run with different results"},
		{"another loss, no bytes promised", same, otherLoss, always, 1, "their trainer promises no bytes"},
		{"another kernel", same, otherMaker, never, 1, "two programs, Go versions or kernels made them"},
	} {
		a, b := holding(t, test.first), holding(t, test.second)
		u, err := NewUnion([]*Store{a, b}, test.varies)
		said := errors.Join(append(u.Kept, err)...)
		if test.says != "" {
			for _, part := range []string{test.says, a.runs, b.runs} {
				if said == nil || !strings.Contains(said.Error(), part) {
					t.Errorf("%s: says %v, and not %q", test.name, said, part)
				}
			}
		} else if said != nil {
			t.Errorf("%s: says %v", test.name, said)
		}
		if test.chosen == 0 && err == nil {
			t.Errorf("%s: is no conflict", test.name)
		}
		if test.chosen > 0 && (len(u.Chosen) != 1 || u.Chosen[0].Store != []*Store{a, b}[test.chosen-1]) {
			t.Errorf("%s: chosen %v", test.name, u.Chosen)
		}
	}
}

// TestAddCopiesTheFolder: what a union chose is copied to the byte, with files that are no part of
// the record; what stays is not touched.
func TestAddCopiesTheFolder(t *testing.T) {
	a, b, c := holding(t, func(*Run) {}), holding(t, func(r *Run) { r.ID = "b" }), Open(t.TempDir())
	id := testRun("lora", 1, 4, 0).ID
	note := filepath.Join(a.path(id), "notes.txt")
	if err := os.WriteFile(note, []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		u, err := NewUnion([]*Store{a, b}, func(Run) bool { return false })
		if err != nil {
			t.Fatal(err)
		}
		if count, err := c.Add(u.Chosen); err != nil || count[a] != 1 || count[b] != 1 {
			t.Fatalf("added %v: %v", count, err)
		}
	}
	for s, id := range map[*Store]string{a: id, b: "b"} {
		want, err := s.folder(id)
		got, errC := c.folder(id)
		if err := errors.Join(err, errC); err != nil || len(got) != len(want) {
			t.Fatalf("%d files, want %d: %v", len(got), len(want), err)
		}
		for i, f := range want {
			if got[i].name != f.name || string(got[i].data) != string(f.data) {
				t.Errorf("%s differs", f.name)
			}
		}
	}
	if n, _ := c.Replaced(); n != 0 {
		t.Errorf("%d records were replaced", n)
	}
}
