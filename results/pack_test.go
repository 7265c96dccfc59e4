package results

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/klauspost/compress/zstd"

	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/results/storetest"
)

// manyRuns are runs with every file, of different seeds.
func manyRuns(n int) (runs []Run) {
	for seed := range n {
		r := testRun("lora", 1, 4, uint64(seed))
		r.Modules = []metrics.Point{{Module: "layers.0.q", Values: metrics.NoValues()}}
		r.Validation = []ValidationBatch{{Scored: 100, Nats: 250.5}, {Scored: 7, Nats: 20}}
		runs = append(runs, r)
	}
	return runs
}

// fill puts runs into a store.
func fill(t *testing.T, s *Store, runs []Run) *Store {
	t.Helper()
	for _, r := range runs {
		if err := s.Put(r); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// packed packs all runs of a store, which must have some number of them.
func packed(t *testing.T, s *Store, want int) {
	t.Helper()
	if done, err := s.Pack(t.Context(), "v1"); err != nil || done.Runs != want || len(done.Left) > 0 {
		t.Fatalf("packed %+v, %v, want %d runs", done, err, want)
	}
}

// reads holds a store to the runs that can be read of it, and to the number of problems.
func reads(t *testing.T, s *Store, want []Run, problems int) {
	t.Helper()
	got, found := s.Runs()
	want = slices.SortedFunc(slices.Values(want), CompareRuns)
	if !slices.EqualFunc(got, want, sameRun) || len(found) != problems {
		t.Errorf("%d runs, %v, want %d and %d problems", len(got), found, len(want), problems)
	}
	statuses, found := s.Statuses(grid.Grid{})
	slices.SortFunc(want, func(a, b Run) int { return strings.Compare(a.ID, b.ID) })
	same := func(a, b Run) bool { return a.ID == b.ID && a.Status == b.Status }
	if !slices.EqualFunc(statuses, want, same) || len(found) != problems {
		t.Errorf("statuses of %d runs, %v, want %d and %d problems", len(statuses), found, len(want), problems)
	}
}

// Packed and unpacked, a store has the same bytes in the same files, and reads the same at any time.
func TestPackAndUnpack(t *testing.T) {
	dir, runs := t.TempDir(), manyRuns(40)
	s := fill(t, Open(dir), runs)
	leave(t, dir, "lora-4-3/parts.csv", "of a newer program\n")
	sign(t, s.path("lora-4-3"))
	leave(t, dir, "lora-4-4/timing.json", "{ \"seconds\":1.5,\n\n \"started\": \"2026-01-02T03:04:05.000000678Z\"}")
	runs[3].Unknown = []string{`file "parts.csv"`}
	was := files(t, dir)
	reads(t, s, runs, 0)

	packed(t, s, 40)
	reads(t, s, runs, 0)
	reads(t, Open(dir), runs, 0)
	if left := files(t, dir); len(left) != 1 {
		t.Errorf("left are %q, want one file", slices.Collect(maps.Keys(left)))
	}
	for _, r := range runs {
		if settled, err := s.Settled(r.ID); !settled || err != nil {
			t.Errorf("%s: settled is %t, %v", r.ID, settled, err)
		}
		if err := s.Put(r); err != nil {
			t.Errorf("%s is put again: %v", r.ID, err)
		}
	}
	packed(t, s, 0)

	if done, err := s.Unpack(t.Context()); err != nil || done.Runs != 40 || done.Packs != 1 {
		t.Fatalf("unpacked %+v, %v", done, err)
	}
	if now := files(t, dir); !reflect.DeepEqual(now, was) {
		t.Errorf("unpacked are %d files, which are not the %d from before", len(now), len(was))
	}
	reads(t, s, runs, 0)
}

// What may not be packed keeps its folder, to the byte, and is named.
func TestPackLeaves(t *testing.T) {
	dir := t.TempDir()
	failed := testRun("lora", 1, 8, 0)
	failed.Status = Failed
	s := fill(t, Open(dir), append(manyRuns(5), failed))
	leave(t, dir, "lora-4-0/notes.txt", "mine")
	leave(t, dir, "lora-4-1/curve.csv", "damaged")
	resign(t, s.path("lora-4-2"), runFile, `"rank": 4`, `"rank": 4, "budget": 7`)
	leave(t, dir, "stranger/notes.txt", "mine")
	leave(t, dir, "stray", "a file")
	was := files(t, dir)

	done, err := s.Pack(t.Context(), "v1")
	text := errors.Join(done.Left...).Error()
	for _, want := range []string{
		`lora-4-0: its folder has other files: ["notes.txt"]`, "lora-4-1: damaged record: curve.csv",
		"lora-4-2: written by a newer program", "lora-8-0: it failed", "stranger: damaged record", "stray:",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("nothing says %q:\n%s", want, text)
		}
	}
	if err != nil || done.Runs != 2 || len(done.Left) != 6 {
		t.Errorf("packed %+v, %v", done, err)
	}
	now := files(t, dir)
	maps.DeleteFunc(was, func(name string, _ []byte) bool {
		return strings.Contains(name, "lora-4-3") || strings.Contains(name, "lora-4-4")
	})
	maps.DeleteFunc(now, func(name string, _ []byte) bool { return strings.HasSuffix(name, packSuffix) })
	if !reflect.DeepEqual(now, was) {
		t.Errorf("%d files are left, want the %d that may not be packed", len(now), len(was))
	}
}

// A pack is a tar archive, compressed by zstd, for any program that reads those. Only modules.csv is in another form.
func TestPackIsAnArchive(t *testing.T) {
	dir := t.TempDir()
	s := fill(t, Open(dir), manyRuns(3))
	want := files(t, filepath.Join(dir, "runs"))
	packed(t, s, 3)
	text, err := zstd.NewReader(bytes.NewReader(onlyPack(t, dir)))
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	got := make(map[string][]byte)
	for archive := tar.NewReader(text); ; {
		h, err := archive.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		data, _ := io.ReadAll(archive)
		id, name, _ := strings.Cut(h.Name, "/")
		if name == columnsFolder+modulesFile {
			if data, err = fromColumns(data); err != nil {
				t.Fatal(err)
			}
			name = modulesFile
		}
		got[id+"/"+name] = data
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the archive has %d files, want the %d of the runs", len(got), len(want))
	}
}

// onlyPack reads the one pack of a store.
func onlyPack(t *testing.T, dir string) []byte {
	t.Helper()
	paths, _ := filepath.Glob(filepath.Join(dir, "runs", packsFolder, "*"))
	if len(paths) != 1 {
		t.Fatalf("packs are %q, want one", paths)
	}
	data, err := os.ReadFile(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// framed returns a pack with a frame for each run, and where its frames begin.
func framed(t *testing.T, runs []Run) (data []byte, starts []int) {
	t.Helper()
	w := newPackWriter("v1")
	for _, r := range runs {
		files, err := encodeRecord(r)
		slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.name, b.name) })
		if err := errors.Join(err, w.add(packedRun{r.ID, r.Status}, files)); err != nil {
			t.Fatal(err)
		}
		w.endFrame()
	}
	end := w.frames.Len()
	data = w.end()
	head := len(data) - w.frames.Len()
	for _, f := range w.Frames {
		starts = append(starts, head+int(f.Offset))
	}
	return data, append(starts, head+end)
}

// Of a damaged pack those runs are lost whose bytes were changed. They are named, all others are
// read, and a lost run can be trained again.
func TestDamagedPack(t *testing.T) {
	runs := manyRuns(4)
	data, starts := framed(t, runs)
	lost := func(at int) int { // index of the run to which a byte belongs, or none
		i := slices.IndexFunc(starts, func(start int) bool { return at < start })
		return i - 1
	}
	damagedStore := func(t *testing.T, data []byte) *Store {
		s := OpenOn(&storetest.Host{Server: new(storetest.Server)}, "/s")
		if err := errors.Join(s.files.MkdirAll(s.packs.folder),
			s.files.Write(filepath.Join(s.packs.folder, "0123"+packSuffix), data)); err != nil {
			t.Fatal(err)
		}
		return s
	}
	for at := 0; at < len(data); at += 3 {
		bad := slices.Clone(data)
		bad[at] ^= 0x10
		s := damagedStore(t, bad)
		want, problems := runs, 0
		if i := lost(at); i >= 0 && at < starts[len(starts)-1] {
			want, problems = slices.Delete(slices.Clone(runs), i, i+1), 1
			if _, err := s.Get(runs[i].ID); !isDamaged(err, "0123.tar.zst: frame at byte") {
				t.Errorf("byte %d: run %s: %v", at, runs[i].ID, err)
			}
		} else if at < starts[0] {
			problems = 1
		}
		reads(t, s, want, problems)
		fill(t, s, runs)
		if got, _ := s.Runs(); len(got) != len(runs) {
			t.Errorf("byte %d: %d runs after those that were lost were trained again", at, len(got))
		}
	}
	for n := range len(data) {
		if n%5 > 0 {
			continue
		}
		s := damagedStore(t, data[:n])
		got, problems := s.Runs()
		readable := slices.IndexFunc(starts[1:], func(end int) bool { return n < end })
		if readable < 0 {
			readable = len(runs)
		}
		if wanted := len(runs) - readable; n >= starts[0] && (len(got) != readable || len(problems) != wanted) {
			t.Errorf("cut at %d: %d runs, %d problems %v", n, len(got), len(problems), problems)
		}
	}
}

// Runs in packs of a newer program are neither trained again nor unpacked.
func TestPackFromTheFuture(t *testing.T) {
	for _, test := range []struct{ old, new, want string }{
		{`"format":1`, `"format":3`, "format 3 of packs: must be at most 2"},
		{`"format":1`, `"format":"b"`, "cannot unmarshal string"},
		{`{`, `[`, "invalid character"},
	} {
		dir, runs := t.TempDir(), manyRuns(2)
		s := Open(dir)
		w := newPackWriter("v9")
		for _, r := range runs {
			r.Modules = nil
			files, _ := encodeRecord(r)
			w.add(packedRun{r.ID, r.Status}, files)
		}
		data := w.end()
		content := data[headSize : len(data)-w.frames.Len()]
		text := strings.Replace(string(content[hashSize:]), test.old, test.new, 1)
		head := append(slices.Clone(data[:4]), byte(hashSize+len(text)), byte((hashSize+len(text))>>8), 0, 0)
		data = slices.Concat(head, []byte(hashOf([]byte(text))+"\n"+text), w.frames.Bytes())
		leave(t, dir, packsFolder+"/0123.tar.zst", string(data))

		was := files(t, dir)
		for _, r := range runs {
			_, err := s.Get(r.ID)
			newer, ok := errors.AsType[*NewerError](err)
			if !ok || newer.ID != r.ID || !strings.Contains(newer.Unknown, test.want) {
				t.Errorf("%s: %v", test.new, err)
			}
		}
		fill(t, s, runs)
		done, err := s.Unpack(t.Context())
		if err != nil || done.Runs != 0 || len(done.Left) != 1 {
			t.Errorf("%s: unpacked %+v, %v", test.new, done, err)
		}
		if !reflect.DeepEqual(files(t, dir), was) {
			t.Errorf("%s: the store changed", test.new)
		}
	}
}

// A run may be packed and have a folder. That is said if the bytes differ, and neither of the two
// is removed.
func TestPackedAndLoose(t *testing.T) {
	dir, runs := t.TempDir(), manyRuns(3)
	s := fill(t, Open(dir), runs)
	was := files(t, dir)
	packed(t, s, 3)
	for name, data := range was {
		leave(t, dir, strings.TrimPrefix(name, "runs/"), string(data))
	}
	reads(t, s, runs, 0)
	resign(t, s.path("lora-4-1"), runFile, `"alpha": 16`, `"alpha": 17`)
	runs[1].Alpha = 17
	reads(t, s, runs, 1)
	if _, problems := s.Runs(); !strings.Contains(errors.Join(problems...).Error(), "run lora-4-1: it is packed, "+
		"and its folder stays: it differs from what") {
		t.Errorf("problems are %v", problems)
	}
	was = files(t, dir)
	done, err := s.Unpack(t.Context())
	if err != nil || done.Runs != 2 || len(done.Left) != 1 || len(files(t, dir)) != len(was) {
		t.Errorf("unpacked %+v, %v", done, err)
	}
	if done, err = s.Pack(t.Context(), "v1"); err != nil || done.Runs != 2 || len(done.Left) != 1 {
		t.Errorf("packed %+v, %v", done, err)
	}
	reads(t, s, runs, 1)
}

// Killed at any operation, before or after it is done, Pack and Unpack lose nothing; what comes next
// does the rest, and leaves no litter.
func TestKilledWhilePacking(t *testing.T) {
	runs := manyRuns(2)
	for _, unpack := range []bool{false, true} {
		act := func(s *Store) error {
			if unpack {
				_, err := s.Unpack(t.Context())
				return err
			}
			_, err := s.Pack(t.Context(), "v1")
			return err
		}
		for at, alive := 0, false; !alive; at++ {
			for _, done := range []bool{false, true} {
				server := new(storetest.Server)
				whole := fill(t, OpenOn(&storetest.Host{Server: server}, "/s"), runs)
				if unpack {
					packed(t, whole, 2)
				}
				n := 0
				killed := func(_ string, do func() error) error {
					if n++; n > at+1 || n == at+1 && !done {
						return errors.New("killed")
					} else if n == at+1 {
						do()
						return errors.New("killed")
					}
					return do()
				}
				act(OpenOn(&storetest.Host{Server: server, Intercept: killed}, "/s"))
				alive = n <= at
				after := OpenOn(&storetest.Host{Server: server}, "/s")
				reads(t, after, runs, 0)
				if err := act(after); err != nil {
					t.Errorf("after operation %d: %v", at, err)
				}
				reads(t, after, runs, 0)
			}
		}
	}
}

// Several hosts pack and unpack one store at the same time; some see the changes of others late.
func TestPackingTogether(t *testing.T) {
	decodeFrame(compressor.EncodeAll(nil, nil)) // both make their channels here, in no bubble
	for _, delay := range []time.Duration{0, 30 * time.Second} {
		for _, unpackers := range []int{0, 2} {
			if delay > 0 && unpackers > 0 {
				continue // the documentation says not to
			}
			t.Run(fmt.Sprintf("%s, %d unpack", delay, unpackers), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { packTogether(t, delay, unpackers) })
			})
		}
	}
}

func packTogether(t *testing.T, delay time.Duration, unpackers int) {
	server := &storetest.Server{Delay: delay}
	runs := manyRuns(12)
	fill(t, OpenOn(&storetest.Host{Server: server}, "/s"), runs)
	time.Sleep(delay)
	var hosts sync.WaitGroup
	for i := range 3 + unpackers {
		hosts.Go(func() {
			s := OpenOn(&storetest.Host{Server: server}, "/s")
			for range 5 {
				if i < 3 {
					s.Pack(t.Context(), fmt.Sprint(i%2))
				} else {
					s.Unpack(t.Context())
				}
				time.Sleep(time.Second)
			}
		})
	}
	hosts.Wait()
	time.Sleep(delay)
	reads(t, OpenOn(&storetest.Host{Server: server}, "/s"), runs, 0)
}

func BenchmarkPack(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		s := OpenOn(&storetest.Host{Server: new(storetest.Server)}, "/s")
		for _, r := range manyRuns(500) {
			s.Put(r)
		}
		b.StartTimer()
		s.Pack(b.Context(), "v1")
	}
	b.ReportMetric(500*float64(b.N)/b.Elapsed().Seconds(), "runs/s")
}

func BenchmarkRuns(b *testing.B) {
	for _, pack := range []bool{false, true} {
		b.Run(fmt.Sprintf("packed=%t", pack), func(b *testing.B) {
			s := Open(b.TempDir())
			for _, r := range manyRuns(500) {
				s.Put(r)
			}
			if pack {
				s.Pack(b.Context(), "v1")
			}
			for b.Loop() {
				s.Runs()
			}
			b.ReportMetric(500*float64(b.N)/b.Elapsed().Seconds(), "runs/s")
		})
	}
}
