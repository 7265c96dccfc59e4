package results

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ranksweep/grid"
)

// clockedDisk is the disk under a clock that a test sets. It counts the files that are read. A store reads and writes
// on many goroutines at once.
type clockedDisk struct {
	disk
	now      int64
	mu       sync.Mutex       // guards changed and read while a store works
	changed  map[string]int64 // by name, of what was changed since the test began
	read     int
	readOnly bool
}

func (d *clockedDisk) stamp(name string) (stamp, error) {
	s, err := d.disk.stamp(name)
	d.mu.Lock()
	defer d.mu.Unlock()
	if s.changed = d.changed[name]; err != nil {
		s = stamp{}
	}
	return s, err
}

func (d *clockedDisk) ReadFile(name string) ([]byte, error) {
	d.mu.Lock()
	d.read++
	d.mu.Unlock()
	return d.disk.ReadFile(name)
}

func (d *clockedDisk) Create(name string, data []byte) error {
	if d.readOnly {
		return fs.ErrPermission
	}
	d.mu.Lock()
	d.changed[name] = d.now
	d.mu.Unlock()
	return d.disk.Create(name, data)
}

// edit changes a file in place, at this moment of the clock.
func (d *clockedDisk) edit(t *testing.T, name, old, new string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil || !strings.Contains(string(text), old) {
		t.Fatalf("%s does not hold %q, %v", name, old, err)
	}
	if err := os.WriteFile(name, []byte(strings.Replace(string(text), old, new, 1)), 0o666); err != nil {
		t.Fatal(err)
	}
	d.changed[name] = d.now
}

const indexedRuns = 4

// indexedStore is a store of which an index is worthwhile, with an index of all its runs.
func indexedStore(t *testing.T) (*Store, *clockedDisk) {
	t.Helper()
	d := &clockedDisk{now: 1e12, changed: make(map[string]int64)}
	s := OpenOn(d, t.TempDir())
	s.indexing.least = indexedRuns
	runs := manyRuns(indexedRuns)
	runs[1].Status, runs[2].Status = Failed, Diverged
	fill(t, s, runs)
	statuses(t, s)
	if n := len(decodeStatuses(indexOf(t, s))); n != indexedRuns {
		t.Fatalf("%d runs in the index, want %d", n, indexedRuns)
	}
	return s, d
}

func indexOf(t *testing.T, s *Store) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.runs, statusFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return text
}

// statuses are the answers of a store, which must be those of one without an index.
func statuses(t *testing.T, s *Store) (answers []string) {
	t.Helper()
	list := func(s *Store) (all []string) {
		runs, problems := s.Statuses(grid.Grid{})
		for _, r := range runs {
			all = append(all, fmt.Sprintf("%s %s", r.ID, r.Status))
		}
		for _, p := range problems {
			all = append(all, p.Error())
		}
		return all
	}
	answers = list(s)
	if want := list(Open(filepath.Dir(s.runs))); !slices.Equal(answers, want) {
		t.Errorf("with an index\n%q\nwithout one\n%q", answers, want)
	}
	return answers
}

// The index saves reading, and says the same.
func TestStatusIndex(t *testing.T) {
	s, d := indexedStore(t)
	d.read = 0
	statuses(t, s)
	if d.read != 1 {
		t.Errorf("%d files were read, want the index alone", d.read)
	}
	settled, err := s.AllSettled([]string{"lora-4-0", "lora-4-1", "lora-4-2", "absent"})
	want := map[string]bool{"lora-4-0": true, "lora-4-2": true}
	if err != nil || !reflect.DeepEqual(settled, want) || d.read != 2 {
		t.Errorf("settled are %v, %v after %d files, want %v", settled, err, d.read, want)
	}
	d.now++
	d.changed[s.path("lora-4-0")] = d.now // as if something beside the record was changed
	d.read = 0
	statuses(t, s)
	if names, err := os.ReadDir(s.runs); err != nil || len(names) != indexedRuns+1 || d.read == 1 {
		t.Errorf("%d files were read; beside runs and index there is something in %v, %v", d.read, names, err)
	}
}

// Whatever is changed in a record, its size, or what lies beside it, shows.
func TestStatusIndexSeesEveryChange(t *testing.T) {
	for _, name := range recordFiles {
		s, d := indexedStore(t)
		path := filepath.Join(s.path("lora-4-0"), name)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		old, new := string(text[:1]), "x"
		d.now++
		d.edit(t, path, old, new)
		changed := statuses(t, s)
		if !strings.Contains(fmt.Sprint(changed), ErrDamaged.Error()) {
			t.Errorf("%s begins with %s: %q", name, new, changed)
		}
		d.now++
		d.edit(t, path, new, old)
		statuses(t, s)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		statuses(t, s)
		if err := os.WriteFile(path, text, 0o666); err != nil {
			t.Fatal(err)
		}
		statuses(t, s)
	}
	s, d := indexedStore(t)
	path := s.path("lora-4-1")
	d.now++
	d.edit(t, filepath.Join(path, runFile), `"failed"`, `"paused"`)
	sign(t, path)
	d.changed[filepath.Join(path, sumsFile)] = d.now
	if got := fmt.Sprint(statuses(t, s)); !strings.Contains(got, "newer program") {
		t.Errorf("a record that a newer program wrote over: %s", got)
	}
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	s.indexing.least = 1
	leave(t, filepath.Dir(s.runs), "lora-4-2/parts.csv", "of a newer program")
	sign(t, s.path("lora-4-2"))
	d.changed[filepath.Join(s.path("lora-4-2"), sumsFile)] = d.now
	d.now += 2 * s.indexing.still.Nanoseconds()
	leave(t, filepath.Dir(s.runs), "lora-4-0/notes.txt", "mine")
	d.changed[s.path("lora-4-0")] = d.now - s.indexing.still.Nanoseconds() - 1
	if got := statuses(t, s); len(got) != indexedRuns-1 {
		t.Errorf("without its folder a run is in %q", got)
	}
	if known := decodeStatuses(indexOf(t, s)); len(known) != indexedRuns-1 {
		t.Errorf("in the index are %v, want no run without a folder", known)
	}
	leave(t, filepath.Dir(s.runs), "lora-4-2/parts.csv", "of a newer programmer")
	if got := fmt.Sprint(statuses(t, s)); !strings.Contains(got, ErrDamaged.Error()) {
		t.Errorf("a file that this program does not know was changed: %s", got)
	}
}

// A record that was changed so lately that the next change could have the same time is read again.
func TestStatusIndexWithinATick(t *testing.T) {
	s, d := indexedStore(t)
	path := filepath.Join(s.path("lora-4-0"), runFile)
	d.now += s.indexing.still.Nanoseconds()
	d.edit(t, path, `"rank": 4`, `"rank": 5`)
	statuses(t, s)
	sign(t, filepath.Dir(path))
	d.changed[filepath.Join(filepath.Dir(path), sumsFile)] = d.now
	s.indexing.least = 1
	statuses(t, s) // a record that is right
	d.edit(t, path, `"rank": 5`, `"rank": 6`)
	if got := fmt.Sprint(statuses(t, s)); !strings.Contains(got, ErrDamaged.Error()) {
		t.Errorf("the second change within a tick is not seen: %s", got)
	}
}

// An index that is damaged, cut off, older than the records, or another store's changes no answer.
func TestStatusIndexIsNeverTrusted(t *testing.T) {
	s, d := indexedStore(t)
	index := filepath.Join(s.runs, statusFile)
	text := indexOf(t, s)
	for i := range text {
		for _, spoilt := range [][]byte{text[:i], slices.Concat(text[:i], []byte{text[i] ^ 1}, text[i+1:])} {
			if n := len(decodeStatuses(spoilt)); n > 0 {
				t.Fatalf("%d runs of an index that is damaged at byte %d are believed", n, i)
			}
		}
	}
	spoilt := slices.Concat(text[:len(text)-1], []byte("x"))
	other, _ := indexedStore(t)
	program := strings.Replace(string(text[65:]), " by ", " by another ", 1)
	for name, content := range map[string][]byte{"damaged": spoilt, "empty": nil, "another store's": indexOf(t, other),
		"another program's": []byte(hashOf([]byte(program)) + "\n" + program)} {
		if err := os.WriteFile(index, content, 0o666); err != nil {
			t.Fatal(err)
		}
		d.read = 0
		statuses(t, s)
		if d.read < indexedRuns {
			t.Errorf("an index that is %s: %d files were read", name, d.read)
		}
		d.read = 0
		if statuses(t, s); d.read != 1 {
			t.Errorf("an index that is %s is not replaced: %d files were read", name, d.read)
		}
	}
	if err := s.Put(testRun("lora", 1, 8, 0)); err != nil {
		t.Fatal(err)
	}
	statuses(t, s)
	if done, err := s.Pack(t.Context(), "v1"); err != nil || done.Runs != indexedRuns { // all but the one that failed
		t.Errorf("packed %+v, %v", done, err)
	}
	statuses(t, s)
}

// A store in which nothing may be written has the same answers. So has one without room for an index.
func TestStatusOfAReadOnlyStore(t *testing.T) {
	s, d := indexedStore(t)
	if err := os.Remove(filepath.Join(s.runs, statusFile)); err != nil {
		t.Fatal(err)
	}
	d.readOnly = true
	if got := statuses(t, s); len(got) != indexedRuns || len(indexOf(t, s)) > 0 {
		t.Errorf("got %q, and an index of %d bytes", got, len(indexOf(t, s)))
	}
}

// On a disk as it is, a change that hides behind the same size and the same time of modification shows.
func TestStatusIndexOnDisk(t *testing.T) {
	s := fill(t, Open(t.TempDir()), manyRuns(1))
	s.indexing = indexing{1, -time.Hour}
	path := filepath.Join(s.path("lora-4-0"), curveFile)
	was, err := s.files.(stamping).stamp(path)
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip("this system does not say when a file was changed")
	}
	statuses(t, s)
	if n := len(decodeStatuses(indexOf(t, s))); n != 1 {
		t.Fatalf("%d runs in the index, want 1", n)
	}
	text, _ := os.ReadFile(path)
	info, _ := os.Stat(path)
	for now := was; now == was; { // until the next tick of the clock
		if err := errors.Join(os.WriteFile(path, []byte(strings.ToUpper(string(text))), 0o666),
			os.Chtimes(path, info.ModTime(), info.ModTime())); err != nil {
			t.Fatal(err)
		}
		now, _ = s.files.(stamping).stamp(path)
	}
	if got := fmt.Sprint(statuses(t, s)); !strings.Contains(got, ErrDamaged.Error()) {
		t.Errorf("the change is not seen: %s", got)
	}
}

// What is no file and no folder has no stamp, and the error tells what is not there.
func TestStampOfTheDisk(t *testing.T) {
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(t.TempDir(), link); err != nil {
		t.Fatal(err)
	}
	if s, err := (disk{}).stamp(link); err == nil {
		t.Errorf("a link has the stamp %v", s)
	}
	_, err := disk{}.stamp(link + "none")
	if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("the stamp of nothing: %v", err)
	}
}

// BenchmarkStatuses is the time for which a store is asked how its 2,000 runs ended, with an index and without.
func BenchmarkStatuses(b *testing.B) {
	dir := largeStore(b, 2000)
	for name, use := range map[string]indexing{"index": {1000, -time.Hour}, "records": {1 << 30, 0}} {
		b.Run(name, func(b *testing.B) {
			s := Open(dir)
			s.indexing = use
			s.Statuses(grid.Grid{})
			for b.Loop() {
				if runs, problems := s.Statuses(grid.Grid{}); len(runs) != 2000 || len(problems) > 0 {
					b.Fatal(len(runs), problems)
				}
			}
		})
	}
}

// largeStore is the folder of a store of so many runs, written without waiting for the disk.
func largeStore(b *testing.B, n int) string {
	b.Helper()
	dir := b.TempDir()
	for _, r := range manyRuns(n) {
		files, err := encodeRecord(r)
		folder := filepath.Join(dir, "runs", r.ID)
		err = errors.Join(err, os.MkdirAll(folder, 0o777))
		for _, f := range files {
			err = errors.Join(err, os.WriteFile(filepath.Join(folder, f.name), f.data, 0o666))
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	return dir
}
