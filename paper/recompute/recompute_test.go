package recompute

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

// folder is another report than the committed one, for those who make one.
var folder = flag.String("report", "", "`FOLDER` with another REPRODUCTION.md and its files")

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// open reads the report and its page, and skips where no study was committed.
func open(t *testing.T) (report, string) {
	t.Helper()
	path, files := committedPage, committedFolder
	if *folder != "" {
		path, files = filepath.Join(*folder, "REPRODUCTION.md"), filepath.Join(*folder, "reproduction")
	}
	if studies, _ := filepath.Glob(filepath.Join(files, "*", "study.json")); len(studies) == 0 {
		t.Skipf("%s has no study.json: there is nothing to compute from", files)
	}
	once.Do(func() { stored, failure = readReport(files) })
	if failure != nil {
		t.Fatal(failure)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return stored, string(text)
}

// What is read once for all tests.
var (
	once    sync.Once
	stored  report
	failure error
)

// Every number of the page is what its files give, and every standing what its rule does.
func TestEveryNumber(t *testing.T) {
	r, text := open(t)
	p, err := parsePage(text)
	if err != nil {
		t.Fatal(err)
	}
	a := r.audit(p)
	for _, w := range a.wrong {
		t.Error(w)
	}
	for _, name := range sorted(a.claims) {
		n := a.claims[name]
		if t.Logf("%4d of %4d numbers: %s", n[1], n[0], name); n[1] < n[0] {
			t.Errorf("%s: %d of %d numbers were not computed anew", name, n[0]-n[1], n[0])
		}
	}
	for _, kind := range sorted(a.parsed) {
		t.Logf("%4d of %4d numbers of %s", a.held[kind], a.parsed[kind], kind)
	}
}

// The columns of local grids follow from the runs.
func TestLocalGrids(t *testing.T) {
	r, _ := open(t)
	for _, name := range sorted(r.studies) {
		for _, w := range r.studies[name].marks() {
			t.Error(w)
		}
	}
}
