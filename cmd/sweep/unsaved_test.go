//go:build unix

package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// forgetful is a trainer that says it saved a run, and wrote nothing.
const forgetful = `
import json, select, sys, time
def say(kind, **fields):
    print(json.dumps({"type": kind} | fields), flush=True)
sys.stdin.readline()
say("ready", protocol=1, trainer="forgetful", versions={"python": "3"}, device="cpu", abilities={
    "optimizers": ["adamw"], "methods": ["lora"], "precisions": ["float32"], "dropout": False, "checkpoints": True})
steps = json.loads(sys.stdin.readline())["steps"]
for step in range(steps + 1):
    if select.select([sys.stdin], [], [], 0.01)[0]:
        sys.stdin.readline()
        say("saved", step=step)
    values = {"train_loss": 2, "grad_norm": 1} if step < steps else {}
    say("step", step=step, values=values | ({"val_loss": 2} if step % 500 == 0 else {}))
    if step == 100: # the other side has seen the first step by then
        open("begun", "w").close()
`

// TestInterruptedWithoutCheckpoint: of a run that is interrupted and whose trainer did not save
// it, the user hears why, and that it starts anew.
func TestInterruptedWithoutCheckpoint(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("skipped: there is no python3")
	}
	dir := longWorkplace(t)
	check(t, os.WriteFile(filepath.Join(dir, "forgetful.py"), []byte(forgetful), 0o666))
	s := launch(t, dir, "--set", "trainer=forgetful", "--trainer", "forgetful=python3 forgetful.py")
	s.until(t, func() bool { _, err := os.Stat(filepath.Join(dir, "begun")); return err == nil })
	s.end(t, syscall.SIGTERM)
	for _, want := range []string{
		"rank=4: its checkpoint at step ", ", but did not write the file that save named\n",
		"the same command trains the rest, anew what has no checkpoint: rank=4\n",
	} {
		if said := s.said(t); !strings.Contains(said, want) {
			t.Errorf("no %q in\n%s", want, said)
		}
	}
}

// TestUnsavedAreCounted: the last line names a few runs that have no checkpoint, and counts more.
func TestUnsavedAreCounted(t *testing.T) {
	for want, runs := range map[string][]string{
		"trains the rest\n": nil,
		"trains the rest, anew what has no checkpoint: a, b\n":                  {"a", "b"},
		"trains the rest, anew what has no checkpoint: a, b, c, d and 2 more\n": {"a", "b", "c", "d", "e", "f"},
	} {
		var said strings.Builder
		interrupted(t.Context(), unsaved{context.Canceled, runs}, &said)
		if !strings.HasSuffix(said.String(), want) {
			t.Errorf("%q does not end with %q", said.String(), want)
		}
	}
}
