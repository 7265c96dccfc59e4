package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"ranksweep/page/pagetest"
)

// served is the experiment that tests of the page train.
const served = `name: served
question: Does <i>it</i> change?
model: model
data: {source: sums.jsonl, validation: 6}
train: {steps: 2, batch: 2, context: 32}
grid:
  rank: [4, 8]
  scaling: [lora, rslora]
  seed: [0, 1]
`

// A page that is served before there is a store follows the sweep: what is found and the runs appear without a
// reload, filters stay, and Ctrl-C ends it.
func TestServeFollowsASweep(t *testing.T) {
	b := pagetest.Open(t)
	t.Chdir(workplace(t))
	check(t, os.WriteFile("served.yaml", []byte(served), 0o666))

	ctx, interrupt := context.WithCancel(context.Background())
	out, stdout := io.Pipe()
	ended := make(chan int, 1)
	var stderr bytes.Buffer
	go func() { ended <- run(ctx, []string{"serve", "store"}, stdout, &stderr) }()
	address, err := bufio.NewReader(out).ReadString('\n')
	check(t, err)
	tab := b.Show(t, strings.TrimSpace(address), pagetest.Look{})
	waitFor(t, tab, `/is no store yet/.test(document.querySelector("#live-said").textContent)`)

	sweep := func(more ...string) {
		t.Helper()
		var said bytes.Buffer
		args := append([]string{"run", "served.yaml", "--out", "store"}, more...)
		if status := run(context.Background(), args, io.Discard, &said); status != 0 {
			t.Fatalf("status %d: %s", status, said.String())
		}
	}
	sweep("--set", "rank=4")
	waitFor(t, tab, `document.querySelector("#selection").textContent === "All 4 runs are shown."`)
	if got := tab.Text(`document.querySelector(".question").textContent`); got != "Does <i>it</i> change?" {
		t.Errorf("question %q", got)
	}
	tab.Click(`input[name=seed][value="1"]`)
	sweep()
	waitFor(t, tab, `document.querySelector("#selection").textContent === "4 of 8 runs are shown."`)
	waitFor(t, tab, `/8\/8 runs have ended/.test(document.querySelector("#live-said").textContent)`)
	if got := tab.Text(`document.querySelectorAll("#table-summary tbody tr").length`); got != "4" {
		t.Errorf("%s rows of the summary, want 4", got)
	}
	for _, complaint := range tab.Complaints() {
		t.Errorf("on the console: %s", complaint)
	}

	interrupt()
	if status := <-ended; status != interruptedStatus {
		t.Errorf("status %d: %s", status, stderr.String())
	}
	waitFor(t, tab, `/does not answer/.test(document.querySelector("#live-said").textContent)`)
}

// Of several stores a page has the runs of those that can be shown, and says what is wrong with the others; what is in
// training and how far is said of each.
func TestServeSeveralStores(t *testing.T) {
	t.Chdir(workplace(t))
	check(t, os.WriteFile("served.yaml", []byte(served), 0o666))
	sweep := func(dir, seeds string) {
		t.Helper()
		var said bytes.Buffer
		args := []string{"run", "served.yaml", "--out", dir, "--set", "rank=4", "--set", "seed=" + seeds}
		if status := run(t.Context(), args, io.Discard, &said); status != 0 {
			t.Fatalf("status %d: %s", status, said.String())
		}
	}
	sweep("a", "[0,1]")
	l := newLookout([]string{"a", "b"})
	said, running, before, err := l.look(t.Context())
	check(t, err)
	want := []string{
		"a: 4/4 runs have ended.", "a: Nothing is left to train.", "b: Waiting: b is no store yet; did you mean a?",
	}
	if !slices.Equal(said, want) || len(running) > 0 {
		t.Errorf("said %q, want %q; %v", said, want, running)
	}
	_, _, wrong := sourceOf(l.dirs, io.Discard)
	from, err := l.readable(wrong)
	check(t, err)
	if len(from.Rows) != 4 || len(from.Doubts) == 0 || !strings.Contains(from.Doubts[0], "b") {
		t.Errorf("%d runs; doubts %q", len(from.Rows), from.Doubts)
	}
	sweep("b", "[2]")
	_, _, after, err := l.look(t.Context())
	check(t, err)
	if after == before {
		t.Error("the page stays although another store ended")
	}
	if from, _, err := sourceOf(l.dirs, io.Discard); err != nil || len(from.Rows) != 6 {
		t.Errorf("%d runs of both: %v", len(from.Rows), err)
	}
}

// waitFor waits until an expression is true in a page.
func waitFor(t *testing.T, tab *pagetest.Tab, expression string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if tab.Text(expression) == "true" {
			return
		}
	}
	t.Fatalf("never true: %s\non the console: %q\nthe page says %s", expression, tab.Complaints(),
		tab.Text(`document.querySelector("main").innerText`))
}

// Losses are kept in order of step; a run that begins again has a new curve, and one that ended is forgotten.
func TestLosses(t *testing.T) {
	told := make(losses)
	tell := func(id string, step int, loss float64) runningRun {
		r := runningRun{Run: id, Place: id}
		r.Step, r.Loss = step, &loss
		return r
	}
	told.of([]runningRun{tell("a", 1, 3), tell("b", 5, 2)})
	told.of([]runningRun{tell("a", 1, 9), tell("b", 2, 2.5)})
	all := told.of([]runningRun{tell("a", 4, 2.75)})
	if len(all) != 1 || len(told) != 1 || len(all[0].Points) != 2 || all[0].Points[1] != [2]float64{4, 2.75} {
		t.Errorf("got %v", all)
	}
	if again := told.of([]runningRun{tell("a", 2, 2.9)}); len(again[0].Points) != 1 {
		t.Errorf("begun again: %v", again)
	}
	for step := range 5 * mostTold {
		all = told.of([]runningRun{tell("a", step, float64(step))})
	}
	points := all[0].Points
	if n := len(points); n > mostTold || n < mostTold/2 || points[0][0] != 0 || points[n-1][0] != 5*mostTold-1 {
		t.Errorf("%d points from %v to %v", n, points[0], points[n-1])
	}
	if none := told.of(nil); none == nil || len(none) != 0 {
		t.Errorf("no runs: %v", none)
	}
}

// Addresses that other machines can reach, or that are none, are refused.
func TestServeRefuses(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"serve", "store", "--addr", "0.0.0.0:0"}, "add --token"},
		{[]string{"serve", "store", "--addr", "nonsense"}, "as in 127.0.0.1:8080"},
		{[]string{"serve"}, "DIR is missing"},
	} {
		var said bytes.Buffer
		if status := run(context.Background(), c.args, io.Discard, &said); status != usageStatus ||
			!strings.Contains(said.String(), c.want) {
			t.Errorf("%v: status %d, %s", c.args, status, said.String())
		}
	}
}
