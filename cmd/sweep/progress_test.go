package main

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ranksweep/experiments"
	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/results"
	"ranksweep/sweep"
	"ranksweep/train"
)

// testProgress returns the progress of four jobs of equal cost, begun ten seconds ago.
func testProgress(w *bytes.Buffer) (*progress, []sweep.Job) {
	plan := &sweep.Plan{}
	for i, name := range []string{"4", "8", "16", "512"} {
		c := experiments.Defaults()
		c.Train.Steps = 200
		plan.Jobs = append(plan.Jobs, sweep.Job{
			Point:    experiments.Point{Config: c, Axes: []grid.Coordinate{{Name: "rank", Value: name}}},
			ID:       fmt.Sprint(i),
			Material: train.Material{Cost: 3e9},
		})
	}
	p := newProgress(w, plan, 2)
	p.started = time.Now().Add(-10 * time.Second)
	return p, plan.Jobs
}

func point(step int, loss, norm float64) metrics.Point {
	p := metrics.Point{Step: step, Values: metrics.NoValues()}
	p.Values[metrics.TrainLoss], p.Values[metrics.GradNorm] = loss, norm
	return p
}

// TestPlainProgress: if standard error is no terminal, progress is one line for each run,
// without control characters.
func TestPlainProgress(t *testing.T) {
	var out bytes.Buffer
	p, jobs := testProgress(&out)
	p.Skipped(jobs[0])
	p.Started(0, jobs[1])
	p.Stepped(0, jobs[1], point(7, 5.5, 0.3))
	p.Finished(0, jobs[1], results.Run{Status: results.Done})
	p.Started(1, jobs[2])
	p.Finished(1, jobs[2], results.Run{Status: results.Diverged, Reason: "training loss is NaN at step 3"})
	p.Waiting(jobs[3:4])
	p.Started(0, jobs[3])
	p.Finished(0, jobs[3], results.Run{Status: results.Failed, Reason: "out of luck"})
	p.close()
	const want = `2/4 runs  rank=8: done  20 s left
3/4 runs, 1 diverged  rank=16: diverged, training loss is NaN at step 3  5 s left
waiting for runs that other processes train: rank=512
4/4 runs, 1 diverged, 1 failed  rank=512: failed, out of luck  in 10 s
stored already: 1 of 4 runs
`
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}

func TestBar(t *testing.T) {
	p, jobs := testProgress(new(bytes.Buffer))
	for _, step := range []struct {
		do   func()
		want string
	}{
		{func() {}, "[                        ]   0%  0/4 runs  "},
		{func() { p.Started(0, jobs[0]) }, "[                        ]   0%  0/4 runs  "},
		{func() { p.Stepped(0, jobs[0], point(100, 5, 1)) },
			"[===                     ]  12%  0/4 runs  1 min 10 s left"},
		{func() { p.Interrupted(0, jobs[0]) }, "[                        ]   0%  0/4 runs  "},
		{func() { p.Skipped(jobs[1]) }, "[======                  ]  25%  1/4 runs  "},
		{func() { p.Started(0, jobs[0]); p.Finished(0, jobs[0], results.Run{Status: results.Done}) },
			"[============            ]  50%  2/4 runs  20 s left"},
		{func() { p.Started(1, jobs[2]); p.Stepped(1, jobs[2], point(200, 5, 1)) },
			"[==================      ]  75%  2/4 runs  5 s left"},
		{func() { p.Finished(1, jobs[2], results.Run{Status: results.Diverged}) },
			"[==================      ]  75%  3/4 runs, 1 diverged  5 s left"},
		{func() { p.Started(0, jobs[3]); p.Finished(0, jobs[3], results.Run{Status: results.Failed}) },
			"[========================] 100%  4/4 runs, 1 diverged, 1 failed  in 10 s"},
	} {
		step.do()
		if got := p.bar(); got != step.want {
			t.Errorf("got  %s\nwant %s", got, step.want)
		}
	}
}

// TestLiveProgress follows the frames on a screen. Each replaces the previous one, and other
// lines stay above it.
func TestLiveProgress(t *testing.T) {
	var out bytes.Buffer
	p, jobs := testProgress(&out)
	p.live = true
	expect := func(want ...string) {
		t.Helper()
		p.draw()
		var s terminal
		s.write(t, out.String())
		if got := s.lines(); !slices.Equal(got, want) {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	expect("[                        ]   0%  0/4 runs  ")

	p.Started(0, jobs[0])
	p.Started(1, jobs[3])
	p.Stepped(1, jobs[3], point(100, 5.4321, 0.0123))
	expect(
		"[===                     ]  12%  0/4 runs  1 min 10 s left",
		" 1  step   0/200  loss         grad norm          rank=4",
		" 2  step 100/200  loss  5.432  grad norm   0.012  rank=512")

	const reason = "training loss is NaN at step 3"
	p.Finished(0, jobs[0], results.Run{Status: results.Diverged, Reason: reason})
	p.Finished(1, jobs[3], results.Run{Status: results.Done})
	expect(
		"rank=4: diverged, "+reason,
		"[============            ]  50%  2/4 runs, 1 diverged  10 s left")

	p.Started(1, jobs[1])
	p.workers[1].job.Axes = []grid.Coordinate{{Name: "targets", Value: strings.Repeat("proj+", 20)}}
	expect(
		"rank=4: diverged, "+reason,
		"[============            ]  50%  2/4 runs, 1 diverged  10 s left",
		" 2  step   0/200  loss         grad norm          targets="+strings.Repeat("proj+", 20)[:20]+"…")

	p.Interrupted(1, jobs[1])
	p.Waiting(jobs[2:4])
	expect(
		"rank=4: diverged, "+reason,
		"waiting for runs that other processes train: rank=16 and 1 more",
		"[============            ]  50%  2/4 runs, 1 diverged  10 s left")
}

// TestPlacesAsTablesWriteThem: numbers of one axis are written alike.
func TestPlacesAsTablesWriteThem(t *testing.T) {
	var jobs []sweep.Job
	for _, lr := range []string{"0.0001", "0.01"} {
		jobs = append(jobs, sweep.Job{Point: experiments.Point{Axes: []grid.Coordinate{
			{Name: "rank", Value: "512"}, {Name: "lr", Value: lr}, {Name: "optimizer", Value: "adamw"}}}})
	}
	var got []string
	for _, j := range jobs {
		got = append(got, placesOf(jobs).of(j))
	}
	want := []string{"rank=512 lr=1e-4 optimizer=adamw", "rank=512 lr=1e-2 optimizer=adamw"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestManyWorkers: a frame has no more lines than the screen, since lines that scrolled away
// cannot be replaced.
func TestManyWorkers(t *testing.T) {
	var out bytes.Buffer
	p, jobs := testProgress(&out)
	p.workers = make([]workerState, 100)
	for i := range p.workers {
		p.Started(i, jobs[0])
	}
	s := terminal{height: 24}
	for range 3 {
		p.draw()
		s.write(t, out.String())
		out.Reset()
	}
	if len(s.lines()) != 24 || s.top != 0 {
		t.Errorf("%d lines on a screen of 24, %d of them above it", len(s.lines()), s.top)
	}
}

var terminalToken = regexp.MustCompile(`(?s)\x1b\[(\??\d*)([ABJKlh])|\x1b[78]|.`)

// terminal is the screen of a terminal, with the lines that scrolled off it, and where its cursor
// is.
type terminal struct {
	rows     [][]rune
	row, col int
	saved    [2]int // row and column
	top      int    // the first row that is on the screen
	height   int    // rows of the screen; 0 if there is no end to them
}

// below reports whether there is a row of the screen below the cursor's.
func (s *terminal) below() bool { return s.height == 0 || s.row < s.top+s.height-1 }

func (s *terminal) write(t *testing.T, text string) {
	t.Helper()
	for _, token := range terminalToken.FindAllStringSubmatch(text, -1) {
		for s.row >= len(s.rows) {
			s.rows = append(s.rows, nil)
		}
		line := s.rows[s.row]
		switch {
		case token[2] == "A":
			n, err := strconv.Atoi(token[1])
			check(t, err)
			s.row = max(s.top, s.row-n)
		case token[2] == "B":
			if s.below() {
				s.row++
			}
		case token[0] == "\x1b7":
			s.saved = [2]int{s.row, s.col}
		case token[0] == "\x1b8":
			s.row, s.col = s.saved[0], s.saved[1]
		case token[2] == "J":
			s.rows = s.rows[:s.row+1]
			s.rows[s.row] = line[:s.col]
		case token[2] == "K":
			s.rows[s.row] = line[:s.col]
		case token[2] != "": // lines wrap, or no longer
		case token[0] == "\r":
			s.col = 0
		case token[0] == "\n":
			if !s.below() {
				s.top++
			}
			s.row, s.col = s.row+1, 0
		default:
			s.rows[s.row] = append(line[:s.col], append([]rune(token[0]), line[min(s.col+1, len(line)):]...)...)
			s.col++
		}
	}
}

// narrow makes the window narrower: longer lines are broken, and the cursor stays at its text.
func (s *terminal) narrow(width int) {
	was := *s
	*s = terminal{height: was.height}
	if was.row == len(was.rows) {
		was.rows = append(was.rows, nil)
	}
	for i, line := range was.rows {
		if i == was.row {
			s.row, s.col = len(s.rows)+was.col/width, was.col%width
		}
		for len(line) > width {
			s.rows, line = append(s.rows, line[:width]), line[width:]
		}
		s.rows = append(s.rows, line)
	}
}

// shorten makes the window lower, as tmux does: lines below the cursor go first, then those at
// the top.
func (s *terminal) shorten(height int) {
	s.height = height
	s.rows = s.rows[:min(len(s.rows), max(s.row+1, s.top+height))]
	s.top = max(s.top, s.row-height+1)
}

// lines are those of the screen and above it, without the empty ones at its end.
func (s *terminal) lines() (lines []string) {
	for _, r := range s.rows {
		lines = append(lines, string(r))
	}
	for n := len(lines); n > 0 && lines[n-1] == ""; n-- {
		lines = lines[:n-1]
	}
	return lines
}

// TestScreenKeepsWhatIsNotErased: a line that is overwritten by a shorter one keeps its end.
func TestScreenKeepsWhatIsNotErased(t *testing.T) {
	for text, want := range map[string][]string{
		"long line\nlast\n\x1b[2A\rnew\n":             {"newg line", "last"},
		"long line\nlast\n\x1b[2A\rnew\x1b[K\n\x1b[J": {"new"},
	} {
		var s terminal
		if s.write(t, text); !slices.Equal(s.lines(), want) {
			t.Errorf("%q", s.lines())
		}
	}
}

// TestNarrowerWindow: when a window becomes narrower, a terminal breaks the lines of the frame,
// and may say the new width only later. Nothing of an old frame is left.
func TestNarrowerWindow(t *testing.T) {
	var out bytes.Buffer
	s := &screen{w: &out}
	var seen terminal
	draw := func(do func()) {
		do()
		seen.write(t, out.String())
		out.Reset()
	}
	draw(func() { s.say("begun") })
	for _, width := range []int{80, 60, 33, 60, 7} {
		seen.narrow(width)
		draw(func() { s.frame([]string{strings.Repeat("x", 79), strings.Repeat("y", 79), "z"}) })
	}
	draw(func() { s.frame([]string{"last", "frame"}) })
	seen.narrow(40)
	draw(func() { s.say("said"); s.frame([]string{"last", "frame"}) })
	draw(func() { s.end(); s.end(); s.say("done") })
	if want := []string{"begun", "said", "last", "frame", "done"}; !slices.Equal(seen.lines(), want) {
		t.Errorf("got %q, want %q", seen.lines(), want)
	}
}

// TestShorterWindow: when a window becomes lower, frames may be drawn before the terminal says so.
// None of their lines scrolls off the screen, and none is left on it.
func TestShorterWindow(t *testing.T) {
	var out bytes.Buffer
	s := &screen{w: &out}
	seen := terminal{height: 8}
	draw := func(do func()) {
		do()
		seen.write(t, out.String())
		out.Reset()
	}
	frame := func(n int) func() {
		return func() { s.frame(strings.Split(strings.Repeat("xxxx\n", n)[:5*n-1], "\n")) }
	}
	for i := range 6 {
		draw(func() { s.say(fmt.Sprint(i)) })
	}
	draw(frame(6))
	for _, step := range []struct{ was, height int }{{6, 5}, {5, 3}, {3, 1}} {
		seen.shorten(step.height)
		draw(frame(step.was))
		draw(frame(step.was))
		s.fits = window{} // the terminal says its size
		draw(frame(step.height))
		draw(frame(step.height))
	}
	draw(func() { s.frame([]string{"last"}) })
	draw(func() { s.end(); s.say("done") })
	if want := []string{"0", "1", "2", "3", "4", "5", "last", "done"}; !slices.Equal(seen.lines(), want) {
		t.Errorf("got %q, want %q", seen.lines(), want)
	}
}

func TestRoundTime(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                              "0 s",
		499 * time.Millisecond:         "0 s",
		1500 * time.Millisecond:        "2 s",
		59700 * time.Millisecond:       "1 min 00 s",
		61 * time.Second:               "1 min 01 s",
		time.Hour - time.Millisecond:   "1 h 00 min",
		26*time.Hour + 5*time.Minute:   "26 h 05 min",
		time.Hour + 59*time.Second + 1: "1 h 00 min",
	} {
		if got := roundTime(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"αβγδ", 4, "αβγδ"}, {"αβγδ", 3, "αβ…"}, {"αβγδ", 1, "…"}, {"", 0, ""},
	} {
		if got := cut(c.text, c.width); got != c.want {
			t.Errorf("%q cut to %d is %q, want %q", c.text, c.width, got, c.want)
		}
	}
}
