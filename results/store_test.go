package results

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"ranksweep/metrics"
)

// nasty is a run with every field set, to values that are hard to write down.
func nasty() Run {
	r := testRun("p=0.75", 0.75, 2048, math.MaxUint64)
	r.Alpha, r.Gamma, r.LR, r.Powers.Init = 1.0/3, math.SmallestNonzeroFloat64, math.MaxFloat64, 0.5
	r.Reason = "NaN <loss> at \"step\" 3\n& so on"
	r.Warnings = []string{"rank 2048 is above 256"}
	r.Expected = map[string]float64{"delta_w_first": 0.1}
	r.BeyondTheory = "gradients are clipped"
	r.Axes = append(r.Axes, axes("targets", "q_proj, \"k_proj\"\n")...)
	r.Tokens, r.Timing.Peak = math.MaxInt64, math.MaxInt64
	for i, v := range []float64{math.Pi, 0.1, math.Copysign(0, -1), 1e-320, 1e300} {
		r.Curve[1].Values[i+3] = v
	}
	r.Modules = slices.Clone(r.Curve)
	r.Modules[0].Module = `layers.0,"q"`
	r.Validation = []ValidationBatch{{Scored: 100, Nats: 1.0 / 3}, {Scored: 7, Nats: math.MaxFloat64}}
	return r
}

func TestRecordsReadBackExactly(t *testing.T) {
	s := Open(t.TempDir())
	for _, want := range []Run{testRun("lora", 1, 4, 0), nasty(), {ID: "bare", Status: Failed}} {
		if err := s.Put(want); err != nil {
			t.Fatal(err)
		}
		got, err := s.Get(want.ID)
		if err != nil {
			t.Fatal(err)
		}
		if !sameRun(got, want) {
			t.Errorf("read back\n%+v\nwant\n%+v", got, want)
		}
	}
}

func TestSameRunSeesEveryField(t *testing.T) {
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Run]()) {
		if slices.Contains([]string{"Unknown", "Varies", "Parameters", "Imported"}, field.Name) || !field.IsExported() {
			continue // no program writes what it does not know, nor what follows; TestImportedRunIsKept has the third
		}
		changed := nasty()
		reflect.ValueOf(&changed).Elem().FieldByIndex(field.Index).SetZero()
		if sameRun(changed, nasty()) {
			t.Errorf("sameRun does not see %s, or nasty leaves it empty", field.Name)
		}
	}
}

// sameRun compares to the bit; NaN, in curves, equals NaN.
func sameRun(a, b Run) bool {
	for _, r := range []*Run{&a, &b} {
		r.Curve, r.Modules = slices.Clone(r.Curve), slices.Clone(r.Modules)
	}
	samePoints := func(a, b []metrics.Point) bool {
		return slices.EqualFunc(a, b, func(a, b metrics.Point) bool {
			for q := range a.Values {
				x, y := a.Values[q], b.Values[q]
				if math.Float64bits(x) != math.Float64bits(y) && !(math.IsNaN(x) && math.IsNaN(y)) {
					return false
				}
			}
			return a.Step == b.Step && a.Tokens == b.Tokens && a.Module == b.Module
		})
	}
	same := samePoints(a.Curve, b.Curve) && samePoints(a.Modules, b.Modules)
	a.Curve, b.Curve, a.Modules, b.Modules = nil, nil, nil, nil
	return same && reflect.DeepEqual(a, b)
}

func TestAValueThatIsNoNumberIsAbsent(t *testing.T) {
	s := Open(t.TempDir())
	r := testRun("lora", 1, 4, 0)
	r.Status = Diverged
	r.Curve[2].Values[metrics.TrainLoss] = math.Inf(1)
	r.Curve[2].Values[metrics.GradNorm] = math.Inf(-1)
	if err := s.Put(r); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(s.path(r.ID), curveFile))
	lower := strings.ToLower(string(text))
	if err != nil || strings.Contains(lower, "nan") || strings.Contains(lower, "inf") {
		t.Errorf("%v: curve holds a value that is no number:\n%s", err, text)
	}
	got, err := s.Get(r.ID)
	if err != nil || !math.IsNaN(got.Curve[2].Values[metrics.TrainLoss]) {
		t.Errorf("read back %v, %v, want absent", got.Curve, err)
	}
}

func TestPutRefusesWhatItCannotRead(t *testing.T) {
	for name, spoil := range map[string]func(*Run){
		"leaves the folder": func(r *Run) { r.ID = "../x" },
		"hidden":            func(r *Run) { r.ID = ".x" },
		"no ID":             func(r *Run) { r.ID = "" },
		"no status":         func(r *Run) { r.Status = "" },
		"NaN gamma":         func(r *Run) { r.Gamma = math.NaN() },
		"bad config":        func(r *Run) { r.Config = json.RawMessage("{") },
		"cut curve":         func(r *Run) { r.Curve = r.Curve[:2] },
	} {
		dir := t.TempDir()
		r := testRun("lora", 1, 4, 0)
		spoil(&r)
		if err := Open(dir).Put(r); err == nil {
			t.Errorf("%s: stored", name)
		}
		if left := files(t, dir); len(left) > 0 {
			t.Errorf("%s: left %v", name, left)
		}
	}
}

func TestGetOfAnAbsentRun(t *testing.T) {
	s := Open(filepath.Join(t.TempDir(), "none"))
	if _, err := s.Get("x"); !errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrDamaged) {
		t.Errorf("got %v, want fs.ErrNotExist", err)
	}
	if runs, problems := s.Runs(); runs != nil || problems != nil {
		t.Errorf("a store that does not exist holds %v, %v", runs, problems)
	}
}

func TestAFinishedRunStays(t *testing.T) {
	for _, test := range []struct {
		first, second, want Status
	}{
		{Done, Failed, Done},
		{Diverged, Failed, Diverged},
		{Failed, Done, Done},
		{Failed, Diverged, Diverged},
	} {
		s := Open(t.TempDir())
		r := testRun("lora", 1, 4, 0)
		for _, r.Status = range []Status{test.first, test.second} {
			if err := s.Put(r); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := s.Get(r.ID); err != nil || got.Status != test.want {
			t.Errorf("%s, then %s: %s, %v, want %s", test.first, test.second, got.Status, err, test.want)
		}
	}
}

func TestASecondFailureReplacesTheFirst(t *testing.T) {
	s := Open(t.TempDir())
	r := testRun("lora", 1, 4, 0)
	r.Status = Failed
	for _, r.Reason = range []string{"first", "second"} {
		if err := s.Put(r); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.Get(r.ID); err != nil || got.Reason != "second" {
		t.Errorf("got %q, %v", got.Reason, err)
	}
	n, folder := s.Replaced()
	old, err := readRecord(disk{}, filepath.Join(folder, r.ID), decodeRecord)
	if n != 1 || err != nil || old.Reason != "first" {
		t.Errorf("%d records are in %s, where the first is %q, %v", n, folder, old.Reason, err)
	}
}

// A store at rest holds records alone, and two of the same runs are the same
// but for timing.
func TestStoresOfTheSameRunsAreEqual(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	grid := testGrid()
	for _, r := range grid {
		if err := Open(a).Put(r); err != nil {
			t.Fatal(err)
		}
	}
	slices.Reverse(grid)
	for _, r := range grid {
		r.Timing.Seconds *= 2
		if err := Open(b).Put(r); err != nil {
			t.Fatal(err)
		}
	}
	left, right := files(t, a), files(t, b)
	if want := 4 * len(grid); len(left) != want || len(right) != want {
		t.Errorf("%d and %d files, want %d", len(left), len(right), want)
	}
	for name, data := range left {
		if equal := bytes.Equal(data, right[name]); equal == strings.HasSuffix(name, timingFile) {
			t.Errorf("%s: equal is %v", name, equal)
		}
	}
}

func TestRunsAreInOrder(t *testing.T) {
	s := Open(t.TempDir())
	for _, r := range testGrid() {
		if err := s.Put(r); err != nil {
			t.Fatal(err)
		}
	}
	runs, problems := s.Runs()
	var ids []string
	for _, r := range runs {
		ids = append(ids, r.ID)
	}
	want := []string{
		"lora-4-0", "lora-4-1", "lora-16-0", "lora-16-1", "lora-64-0", "lora-64-1",
		"rslora-4-0", "rslora-4-1", "rslora-16-0", "rslora-16-1", "rslora-64-0", "rslora-64-1",
	}
	if !slices.Equal(ids, want) || problems != nil {
		t.Errorf("got %v, %v", ids, problems)
	}
}

func TestAFolderThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "runs"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	s := Open(dir)
	if err := s.Put(testRun("lora", 1, 4, 0)); err == nil ||
		!strings.Contains(err.Error(), "lora-4-0: not stored") || !strings.Contains(err.Error(), dir) {
		t.Errorf("Put: %v", err)
	}
	if _, err := s.Claim(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), "run x: cannot be claimed") {
		t.Errorf("Claim: %v", err)
	}
	if runs, problems := s.Runs(); runs != nil || len(problems) != 1 {
		t.Errorf("Runs: %v, %v", runs, problems)
	}
}

func TestWritersTogether(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for writer := range 4 {
		all.Go(func() {
			s := Open(dir) // as another process would
			for i := range 5 {
				r := testRun("lora", 1, 4, uint64(i))
				r.Reason = fmt.Sprint("writer ", writer)
				if writer%2 == 0 {
					r.Status = Failed
				}
				if err := s.Put(r); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	runs, problems := Open(dir).Runs()
	if len(runs) != 5 || problems != nil {
		t.Fatalf("%d runs, %v", len(runs), problems)
	}
	for _, r := range runs {
		if r.Status != Done {
			t.Errorf("run %s: %s by %s, want done", r.ID, r.Status, r.Reason)
		}
	}
}

// files reads every file below dir.
func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		found[name], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
