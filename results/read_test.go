package results

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"ranksweep/grid"
	"ranksweep/results/storetest"
)

// Of a store only the records that a grid asks for are read, and what is wrong with others is not
// told.
func TestAsked(t *testing.T) {
	server := new(storetest.Server)
	s := fill(t, OpenOn(&storetest.Host{Server: server}, "/s"), manyRuns(6))
	var g grid.Grid
	for _, id := range []string{"lora-4-5", "lora-4-2", "lora-4-9"} {
		g.Runs = append(g.Runs, grid.Planned{ID: id})
	}
	if err := s.files.Write(s.path("lora-4-0")+"/curve.csv", []byte("x")); err != nil {
		t.Fatal(err)
	}
	for _, packed := range []bool{false, true} {
		var read []string
		h := &storetest.Host{Server: server}
		h.Intercept = func(operation string, do func() error) error { read = append(read, operation); return do() }
		runs, others, problems := OpenOn(h, "/s").Asked(g)
		if len(runs) != 2 || runs[0].ID != "lora-4-2" || runs[1].ID != "lora-4-5" || others != 4 || problems != nil {
			t.Errorf("packed %t: %d runs, %d others, %v", packed, len(runs), others, problems)
		}
		if runs[0].Modules != nil || runs[0].Curve == nil {
			t.Errorf("packed %t: a run has modules, or no curve", packed)
		}
		files := len(slices.DeleteFunc(read, func(operation string) bool { return operation != "ReadFile" }))
		if want := 2 * 6; !packed && files > want {
			t.Errorf("%d files were read, want at most %d", files, want)
		}
		if statuses, _ := s.Statuses(g); len(statuses) != 2 || statuses[0].Status != Done {
			t.Errorf("packed %t: statuses are %v", packed, statuses)
		}
		s.Pack(t.Context(), "v1")
		s.place("lora-4-1", s.path("lora-4-1"), []file{{runFile, []byte("other bytes than in the pack")}})
	}
	if runs, others, problems := s.Asked(grid.Grid{}); len(runs) != 5 || others != 0 || len(problems) != 2 {
		t.Errorf("without a grid: %d runs, %d others, %v", len(runs), others, problems)
	}
}

// A view of a run holds its modules.csv to the checksum, although it does not read them.
func TestViewHoldsAllFilesToTheirChecksums(t *testing.T) {
	s, id, dir := stored(t)
	want, err := s.Get(id)
	if err != nil || want.Modules == nil {
		t.Fatal(want.Modules, err)
	}
	want.Modules = nil
	if r, err := s.View(id); err != nil || !sameRun(r, want) {
		t.Errorf("the view is %+v, %v", r, err)
	}
	rewrite(t, dir+"/"+modulesFile, func(data []byte, write func([]byte)) {
		data[0] ^= 1
		write(data)
		if _, err := s.View(id); !isDamaged(err, modulesFile) {
			t.Errorf("with modules that were changed: %v", err)
		}
	})
}

// Each hands out every result once, in order, and reads no more when nobody listens.
func TestEach(t *testing.T) {
	var ids []string
	for i := range 3*readAtOnce + 7 {
		ids = append(ids, strings.Repeat("x", i%5)+string(rune('a'+i%26)))
	}
	get := func(id string) (string, error) {
		if len(id) == 3 {
			return "", errors.New(id)
		}
		return id + "!", nil
	}
	n := 0
	for got, err := range Each(ids, get) {
		if want, wrong := get(ids[n]); got != want || (err == nil) != (wrong == nil) {
			t.Fatalf("result %d is %q, %v", n, got, err)
		}
		n++
	}
	if n != len(ids) {
		t.Errorf("%d results of %d", n, len(ids))
	}
	for range Each(ids, get) {
		break
	}
}
