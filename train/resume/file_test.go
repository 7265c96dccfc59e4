package resume

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ranksweep/metrics"
	"ranksweep/results"
	"ranksweep/train/arrays"
	"ranksweep/wholefile"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var ofRun = Identity{Run: "0f3c", Trainer: "local", Program: "p", Go: "go1"}

// someState has values of every kind: absent, infinite, negative zero.
func someState(step int) State {
	v := metrics.NoValues()
	v[metrics.TrainLoss], v[metrics.ValLoss], v[metrics.GradNorm] = 0.1, math.Inf(1), math.Copysign(0, -1)
	return State{
		Step: step, Tokens: 1 << 40,
		Curve: []metrics.Point{{Step: 0, Values: v}, {Step: 1, Tokens: 7, Values: metrics.NoValues()}},
		Modules: []metrics.Point{
			{Step: 1, Module: "b", Values: v}, {Step: 1, Module: "a", Values: v}, {Step: 2, Module: "b", Values: v},
		},
		Validation: []results.ValidationBatch{{Nats: 1.5}, {Nats: math.NaN()}},
		Arrays: arrays.Set{
			"w":    arrays.Floats32(1, 2, func() []float32 { return []float32{1, float32(math.Inf(-1))} }),
			"file": arrays.Bytes([]byte("state of another trainer")),
		},
		Own: []byte(`{"a":[1,2]}`),
	}
}

// text spells a state out, so that two can be compared, NaN and all.
func text(s State) string {
	w := make([]float32, 2)
	err := s.Arrays.Float32s(w, "w")
	file, fileErr := s.Arrays.Content("file")
	return fmt.Sprint(s.Step, s.Tokens, s.Curve, s.Modules, s.Validation, len(s.Arrays), w, err, string(file), fileErr,
		string(s.Own))
}

// written returns a checkpoint of a run of nine steps.
func written(t testing.TB, of Identity, timing results.Timing, s State) []byte {
	t.Helper()
	var content bytes.Buffer
	check(t, write(&content, of, 9, timing, s))
	return content.Bytes()
}

// TestStateSurvives: what is read is what was written, and no other identity gets it.
func TestStateSurvives(t *testing.T) {
	timing := results.Timing{Started: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC), Seconds: 7.5}
	content := written(t, ofRun, timing, someState(3))
	s, when, err := read(content, ofRun)
	check(t, err)
	if got, want := text(s), text(someState(3)); got != want || when != timing {
		t.Errorf("got %s, %v\nwant %s, %v", got, when, want, timing)
	}
	for _, change := range []func(i *Identity){
		func(i *Identity) { i.Run = "0f3d" }, func(i *Identity) { i.Trainer = "peft" },
		func(i *Identity) { i.Program = "q" }, func(i *Identity) { i.Go = "go2" },
	} {
		other := ofRun
		change(&other)
		if _, _, err := read(content, other); err == nil || !strings.Contains(err.Error(), other.String()) {
			t.Errorf("another identity, %s: %v", other, err)
		}
	}
}

// TestEveryByteCounts: a file with any bit changed says the same or is refused, and so is one
// that is cut at any place.
func TestEveryByteCounts(t *testing.T) {
	good := written(t, ofRun, results.Timing{}, someState(3))
	for at := range good {
		bad := slices.Clone(good)
		bad[at] ^= 1 << (at % 8)
		a, all, err := parse(bad)
		if err != nil {
			continue
		}
		if s, err := a.state(all); err == nil && (a.Identity != ofRun || text(s) != text(someState(3))) {
			t.Errorf("byte %d of %d changed from %q to %q, and it passes", at, len(good), good[at], bad[at])
		}
	}
	for at := range good {
		if _, _, err := parse(good[:at]); err == nil {
			t.Errorf("cut off at byte %d of %d, it passes", at, len(good))
		}
	}
}

// FuzzCheckpoint: whatever a file holds, it is read or refused, and what is read can be written
// and read again.
func FuzzCheckpoint(f *testing.F) {
	good := written(f, ofRun, results.Timing{}, someState(3))
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte{})
	for _, points := range [][]float64{{1}, {1, 2, 0.5}, {math.NaN(), 1, -1}, {1, math.Inf(1), 9}} {
		for len(points) > 1 && len(points) < columns {
			points = append(points, 0)
		}
		f.Add(withModules(f, points))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		a, all, err := parse(content)
		if err != nil {
			return
		}
		s, err := a.state(all)
		if err != nil {
			return
		}
		again, _, err := read(written(t, a.Identity, a.Timing, s), a.Identity)
		check(t, err)
		if len(again.Curve) != len(s.Curve) || len(again.Modules) != len(s.Modules) || again.Step != s.Step {
			t.Error("what was read and written is read otherwise")
		}
	})
}

// withModules returns a file with a good checksum and these numbers as points of maps.
func withModules(f *testing.F, points []float64) []byte {
	const text = `{"format":1,"step":2,"modules":["a"]}`
	all := arrays.Set{
		curveArray: arrays.Floats64(nil), modulesArray: arrays.Floats64(points), validationArray: arrays.Floats64(nil),
	}
	var content bytes.Buffer
	check(f, all.WriteTo(&content, map[string]string{aboutText: text, sumText: all.Sum(text)}))
	return content.Bytes()
}

// TestPointsAreRefused: points that no run can have are refused by their numbers.
func TestPointsAreRefused(t *testing.T) {
	for _, row := range [][3]float64{
		{0.5, 0, -1}, {-1, 0, -1}, {math.NaN(), 0, -1}, {1, math.Inf(1), -1}, {1, 1e300, -1}, {1, 1, 2}, {1, 1, -2},
		{1, 1, 0.5},
	} {
		points := append(row[:], make([]float64, metrics.NumQuantities)...)
		if _, err := decodePoints(points, []string{"a", "b"}); err == nil {
			t.Errorf("a point of step, tokens and map %v passes", row)
		}
	}
	if _, err := decodePoints(make([]float64, columns+1), nil); err == nil {
		t.Error("half a point passes")
	}
}

// keeper keeps a checkpoint in the store of a folder, and collects what it says.
func keeper(dir string, notes *[]string) *Keeper {
	return &Keeper{
		Store: results.Open(dir), Of: ofRun, Steps: 9, Every: 10 * time.Minute, Bell: new(Bell),
		Resume: func(step int) { *notes = append(*notes, fmt.Sprint("resumes at ", step)) },
		Note:   func(text string) { *notes = append(*notes, text) },
	}
}

// TestDue: a checkpoint is due when it is time, when the bell rang, and at an interrupt, but
// only after a step that the one before lacks, and not for another process.
func TestDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var notes []string
		k := keeper(t.TempDir(), &notes)
		ctx, end := context.WithCancelCause(t.Context())
		k.Begin(ctx)
		expect := func(step int, want bool, when string) {
			t.Helper()
			if k.Due(step) != want {
				t.Errorf("%s, at step %d: due is %v", when, step, !want)
			}
		}
		expect(5, false, "at first")
		time.Sleep(10 * time.Minute)
		expect(0, false, "before any step")
		expect(5, true, "after ten minutes")
		k.Save(someState(5))
		expect(6, false, "after a checkpoint")
		k.Bell.Ring()
		expect(5, false, "without a new step")
		expect(6, true, "when the bell rang")
		k.Save(someState(6))
		expect(7, false, "when it was heeded")
		end(errors.New("interrupted"))
		expect(6, false, "interrupted without a new step")
		expect(7, true, "interrupted")
		k = keeper(t.TempDir(), &notes)
		ctx, end = context.WithCancelCause(t.Context())
		k.Begin(ctx)
		end(results.ErrTaken)
		expect(7, false, "taken over")
		if k = nil; k.Due(3) || k.Load() != nil {
			t.Error("no keeper keeps something")
		}
	})
}

// TestKeeperGoesOn: what was saved is loaded by the next keeper, which counts the time of both.
func TestKeeperGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var notes []string
		dir := t.TempDir()
		k, began := keeper(dir, &notes), time.Now()
		if k.Begin(t.Context()); k.Load() != nil {
			t.Error("a state without a file")
		}
		time.Sleep(time.Minute)
		k.Save(someState(5))
		time.Sleep(time.Hour)
		k, again := keeper(dir, &notes), time.Now()
		k.Begin(t.Context())
		if s := k.Load(); s == nil || text(*s) != text(someState(5)) {
			t.Fatalf("loads %v", s)
		}
		k.Accept()
		time.Sleep(time.Second)
		if got := k.Timing(again); !got.Started.Equal(began) || got.Seconds != 61 {
			t.Errorf("began at %s, took %g s", got.Started, got.Seconds)
		}
		k.Due(5)
		k.Due(6)
		k.Failed(errors.New("out of memory")) // a step further: the checkpoint is not to blame
		if want := []string{"resumes at 5"}; !slices.Equal(notes, want) {
			t.Errorf("said %q, want %q", notes, want)
		}
		k = keeper(dir, &notes)
		k.Begin(t.Context())
		k.Load()
		k.Failed(errors.New("no such optimizer"))
		if last := notes[len(notes)-1]; !strings.Contains(last, "fails right after it: no such optimizer; ") ||
			!strings.HasSuffix(last, "runs/.unfit/0f3c, and the same command starts the run anew") {
			t.Errorf("said %q", last)
		}
		if k.Load() != nil {
			t.Error("the checkpoint to blame is still there")
		}
	})
}

// TestFullDisk: a checkpoint that cannot be written is noted, and the one before stays.
func TestFullDisk(t *testing.T) {
	var notes []string
	dir := t.TempDir()
	k := keeper(dir, &notes)
	k.Begin(t.Context())
	k.Save(someState(5))
	full := someState(6)
	full.Own = []byte("{") // cannot be written
	k.Save(full)
	blocked := keeper(k.Store.CheckpointFile(ofRun.Run), &notes) // below a file
	blocked.Begin(t.Context())
	blocked.Save(someState(6))
	if len(notes) != 2 || !strings.Contains(notes[0], "its checkpoint at step 6 is not written: ") {
		t.Errorf("said %q", notes)
	}
	if s := k.Load(); s == nil || s.Step != 5 {
		t.Errorf("loads %v, want step 5", s)
	}
}

// TestSummarize: a summary says which run a checkpoint is of, how far that is, and who wrote it.
// A damaged file has none.
func TestSummarize(t *testing.T) {
	content := written(t, ofRun, results.Timing{}, someState(3))
	want := Summary{Identity: ofRun, Writer: wholefile.Self(), Step: 3, Steps: 9}
	if s, err := Summarize(content); err != nil || s != want {
		t.Errorf("got %v, %v, want %v", s, err, want)
	}
	if s, err := Summarize(content[:100]); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("of a damaged file: %v, %v", s, err)
	}
}
