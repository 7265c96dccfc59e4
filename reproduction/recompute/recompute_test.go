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

// folder is a report other than the committed one, for those who make one.
var folder = flag.String("report", "", "`FOLDER` with another REPRODUCTION.md and its files")

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// grouped gathers values with equal keys, in the order in which keys appear.
func grouped[V any, K comparable](all []V, key func(V) K) (groups [][]V) {
	at := make(map[K]int)
	for _, v := range all {
		k := key(v)
		if _, ok := at[k]; !ok {
			at[k], groups = len(groups), append(groups, nil)
		}
		groups[at[k]] = append(groups[at[k]], v)
	}
	return groups
}

// open reads the report and its page. It skips the test if no study was committed.
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

// Read once for all tests.
var (
	once    sync.Once
	stored  report
	failure error
)

// Every number of the page follows from its files, and every standing from its rule.
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
	for _, kind := range sorted(a.parsed) {
		if t.Logf("%4d of %4d numbers of %s", a.held[kind], a.parsed[kind], kind); a.held[kind] < a.parsed[kind] {
			t.Errorf("%s: not all numbers were computed anew", kind)
		}
	}
}
