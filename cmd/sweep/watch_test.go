package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"ranksweep/experiments"
	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/results"
	"ranksweep/sweep"
	"ranksweep/train"
)

// watched is a store of four runs of which a test makes the records and the leases.
type watched struct {
	t *testing.T
	watcher
	plan *sweep.Plan

	disk, began time.Time // when the test began, by the disk's clock and by the test's
}

func newWatched(t *testing.T) *watched {
	dir := filepath.Join(t.TempDir(), "store")
	w := &watched{t: t, watcher: watcher{dir: dir, store: results.Open(dir)}}
	info, err := os.Stat(filepath.Dir(dir))
	check(t, err)
	w.disk, w.began = info.ModTime(), time.Now()
	w.plan = &sweep.Plan{Experiment: new(experiments.Experiment)}
	for i, id := range []string{"a", "b", "c", "d"} {
		c := experiments.Defaults()
		c.Train.Steps = 100
		w.plan.Jobs = append(w.plan.Jobs, sweep.Job{ID: id, Material: train.Material{Cost: float64(i + 1)},
			Point: experiments.Point{Config: c, Axes: []grid.Coordinate{{Name: "rank", Value: id}}}})
	}
	return w
}

func (w *watched) grid() { check(w.t, writeGrid(w.plan, w.dir)) }

// hold writes the lease of a process on another host.
func (w *watched) hold(id string, step, seconds int) {
	text := fmt.Sprintf(`{"host":"node7","process":4,"claim":"c","beat":%d,"task":"12_3","seconds":%d,"step":%d,`+
		`"steps":100,"loss":5.4321}`, seconds, seconds, step)
	check(w.t, os.MkdirAll(filepath.Join(w.dir, "runs"), 0o777))
	path := filepath.Join(w.dir, "runs", "."+id+".lease")
	check(w.t, os.WriteFile(path, []byte(text), 0o666))
	now := w.disk.Add(time.Since(w.began))
	check(w.t, os.Chtimes(path, now, now))
}

func (w *watched) put(id string, status results.Status) {
	check(w.t, w.store.Put(results.Run{ID: id, Status: status, Curve: []metrics.Point{{Values: metrics.NoValues()}}}))
	check(w.t, os.RemoveAll(filepath.Join(w.dir, "runs", "."+id+".lease")))
}

// expect looks, and holds what is shown to lines.
func (w *watched) expect(want ...string) sight {
	w.t.Helper()
	s := w.look()
	if got := frameOf(s); !slices.Equal(got, want) {
		w.t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	return s
}

// TestWatch follows a store from before it is there: it is filled, packed, damaged, removed and made again.
// The runs cost 1, 2, 3 and 4.
func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatched(t)
		waiting := "waiting: " + w.dir + " is no store yet"
		if s := w.expect(waiting); s.over() {
			t.Errorf("nothing there: %+v", s)
		}
		check(t, os.MkdirAll(w.dir, 0o777))
		check(t, os.WriteFile(filepath.Join(w.dir, experimentFile), nil, 0o666))
		w.expect("waiting: " + w.dir + " has no grid.csv yet, which says what is asked for")
		w.grid()
		w.expect("[                        ]   0%  0/4 runs, 0 running")
		w.hold("d", 0, 0)
		time.Sleep(10 * time.Second)
		w.hold("d", 50, 10) // 2 of 10 in 10 s
		w.expect("[=====                   ]  20%  0/4 runs, 1 running  40 s left",
			"  step  50/100  loss  5.432  for 10 s  task 12_3  rank=d")
		time.Sleep(10 * time.Second)
		w.put("d", results.Diverged)
		w.hold("c", 0, 0)
		w.expect("[==========              ]  40%  1/4 runs, 1 diverged, 1 running  30 s left",
			"  step   0/100  loss  5.432  for 0 s  task 12_3  rank=c")
		w.put("c", results.Failed)
		w.put("b", results.Done)
		s := w.expect("[======================  ]  90%  3/4 runs, 1 diverged, 1 failed, 0 running")
		if s.Missing != 1 || s.Left != nil || s.over() {
			t.Errorf("%+v", s)
		}
		packing, err := w.store.Pack(t.Context(), "test")
		check(t, err)
		if packing.Runs != 2 {
			t.Errorf("packed %+v", packing)
		}
		w.expect("[======================  ]  90%  3/4 runs, 1 diverged, 1 failed, 0 running")
		w.put("a", results.Done)
		if s := w.expect("[========================] 100%  4/4 runs, 1 diverged, 1 failed"); !s.over() || s.end == nil {
			t.Errorf("all there, one failed: %+v", s)
		}
		w.hold("c", 10, 1) // it is tried again
		if s := w.look(); s.over() || len(s.Running) != 1 {
			t.Errorf("a failed run is tried again: %+v", s)
		}
		w.put("c", results.Done)
		if s := w.expect("[========================] 100%  4/4 runs, 1 diverged"); !s.over() || s.end != nil {
			t.Errorf("at the end: %+v", s)
		}
		check(t, os.RemoveAll(filepath.Join(w.dir, "runs", "a")))
		w.expect("[======================  ]  90%  3/4 runs, 1 diverged, 0 running")
		check(t, os.RemoveAll(w.dir))
		w.expect(waiting)
		w.grid()
		w.put("a", results.Done)
		w.expect("[==                      ]  10%  1/4 runs, 0 running")
		check(t, os.WriteFile(filepath.Join(w.dir, "grid.csv"), []byte("run,\"rank\n"), 0o666))
		if s := w.look(); s.unseen == nil || s.over() {
			t.Errorf("a grid that cannot be read: %+v", s)
		}
	})
}

// Views of a store that a sweep fills say that it runs, and ask for no other sweep.
func TestViewsOfARunningSweep(t *testing.T) {
	w := newWatched(t)
	w.grid()
	expect := func(want string) {
		t.Helper()
		h, err := stored(newTable(), w.dir)
		if err == nil {
			err = h.missing
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: want %q", err, want)
		}
	}
	expect("holds no runs of its grid: sweep run EXPERIMENT")
	w.hold("a", 3, 10)
	expect("has no reported run yet: 1 run running now")
	w.put("b", results.Done)
	expect("; 3 runs missing, 1 running now")
	w.put("a", results.Done)
	expect("; run the same sweep run again to complete it")
}

// TestWatchMisspelt: whoever waits for a store of a name that is nearly another's learns of that one.
func TestWatchMisspelt(t *testing.T) {
	w := newWatched(t)
	w.grid()
	check(t, os.WriteFile(filepath.Join(w.dir, experimentFile), nil, 0o666))
	meant := w.dir
	w.dir = filepath.Join(filepath.Dir(w.dir), "stroe")
	w.expect("waiting: " + w.dir + " is no store yet; did you mean " + meant + "?")
}

// TestWatchDamagedRecords: a record that is damaged counts as missing, is named, and is read again.
func TestWatchDamagedRecords(t *testing.T) {
	w := newWatched(t)
	w.grid()
	w.put("a", results.Done)
	curve := filepath.Join(w.dir, "runs/a/curve.csv")
	whole, err := os.ReadFile(curve)
	check(t, err)
	check(t, os.WriteFile(curve, []byte("x"), 0o666))
	if s := w.look(); s.Missing != 4 || len(s.Damaged) != 1 {
		t.Errorf("%+v", s)
	}
	check(t, os.WriteFile(curve, whole, 0o666))
	if s := w.look(); s.Missing != 3 || len(s.Damaged) != 0 {
		t.Errorf("mended: %+v", s)
	}
}

// TestWatchSilent: a worker of which nothing is heard for a minute is not running, and its run is missing.
func TestWatchSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatched(t)
		w.grid()
		w.hold("a", 7, 20)
		w.look()
		time.Sleep(time.Minute)
		w.expect("[                        ]   0%  0/4 runs, 0 running",
			"  silent: rank=a: nothing was heard of task 12_3, process 4 of node7 for 1 min 00 s: others may take it "+
				"over")
	})
}

// TestWatchTellsTheTimeAsRunDoes: after the same happened, the time left is that of the progress of sweep run.
func TestWatchTellsTheTimeAsRunDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatched(t)
		w.put("a", results.Done)
		w.grid()
		w.hold("d", 0, 0)
		w.look()
		jobs := w.plan.Jobs
		p := newProgress(new(bytes.Buffer), w.plan, 1)
		p.Skipped(jobs[0])
		p.Started(0, jobs[3])
		same := func(want string) {
			t.Helper()
			s := w.look()
			if s.leftText() != want || p.left() != want || s.bar() != p.effort().bar() {
				t.Errorf("status %q, run %q, want %q", s.leftText(), p.left(), want)
			}
		}
		same("")
		time.Sleep(16 * time.Second)
		p.Stepped(0, jobs[3], metrics.Point{Step: 50, Values: metrics.NoValues()})
		w.hold("d", 50, 16)
		same("56 s left") // 2 of 9 in 16 s
		time.Sleep(4 * time.Second)
		p.Finished(0, jobs[3], results.Run{Status: results.Done})
		w.put("d", results.Done)
		same("25 s left") // 4 of 9 in 20 s
	})
}

// TestWatchFrames: on a terminal one frame takes the place of another, and no line of it is lost if there are
// more workers than lines. Elsewhere lines follow on each other, and what is as before is not repeated.
func TestWatchFrames(t *testing.T) {
	var out bytes.Buffer
	s := &screenShower{screen: newScreen(&out), said: make(map[string]bool)}
	var one, many sight
	one.Planned, one.Missing = 50, 50
	one.Running = []runningRun{{Place: "rank=1", Host: "h", Progress: results.Progress{Step: 1, Steps: 9}}}
	many = one
	many.Damaged = []string{"run x: it is damaged"}
	for range 40 {
		many.Running = append(many.Running, one.Running[0])
	}
	for _, step := range []sight{one, one, many} {
		check(t, s.show(step))
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2+1+42 || strings.Contains(out.String(), "\x1b") || lines[2] != "missing: run x: it is damaged" {
		t.Errorf("%d lines:\n%s", len(lines), out.String())
	}
	out.Reset()
	s.live, s.said = true, make(map[string]bool)
	screen := terminal{height: 24}
	for _, step := range []sight{one, many, one, many} {
		check(t, s.show(step))
	}
	screen.write(t, out.String())
	got := screen.lines()
	if len(got) != 1+24 || got[0] != "missing: run x: it is damaged" || got[24] != "  and 19 more" {
		t.Errorf("%d lines:\n%s", len(got), strings.Join(got, "\n"))
	}
}

// TestWatchJSON: a line of JSON a look; a store that cannot be seen is said once.
func TestWatchJSON(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out, said bytes.Buffer
		j := &jsonShower{out: &out, err: &said}
		w := newWatched(t)
		for range 2 {
			check(t, j.show(w.look()))
		}
		if out.Len() > 0 || strings.Count(said.String(), "\n") != 1 {
			t.Errorf("without a store: %q and %q", out.String(), said.String())
		}
		w.grid()
		w.hold("b", 3, 10)
		check(t, j.show(w.look()))
		var got map[string]any
		check(t, json.Unmarshal(out.Bytes(), &got))
		running := fmt.Sprint(got["running"])
		// The disk's clock went on meanwhile.
		running = regexp.MustCompile(`seconds:10\.0[0-9]*`).ReplaceAllString(running, "seconds:10")
		want := "[map[host:node7 loss:5.4321 place:rank=b process:4 run:b seconds:10 step:3 steps:100 task:12_3]]"
		if running != want || got["checkpoints"] != nil || got["missing"] != 4.0 {
			t.Errorf("%s", out.String())
		}
	})
}

// TestWatchEndsByCtrlC: without a word, and with the exit status of its own.
func TestWatchEndsByCtrlC(t *testing.T) {
	t.Parallel()
	dir := workplace(t)
	for signal, want := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 75} {
		c := exec.Command("sweep", "status", "nowhere", "--watch")
		var out, said bytes.Buffer
		c.Dir, c.Stderr = dir, &said
		pipe, err := c.StdoutPipe()
		check(t, err)
		check(t, c.Start())
		first := make([]byte, 8)
		_, err = pipe.Read(first)
		check(t, err)
		check(t, c.Process.Signal(signal))
		_, err = out.ReadFrom(pipe)
		check(t, err)
		c.Wait()
		if c.ProcessState.ExitCode() != want || said.Len() > 0 || string(first) != "waiting:" {
			t.Errorf("%v: exit status %d, %q, %q", signal, c.ProcessState.ExitCode(), first, &said)
		}
	}
}
