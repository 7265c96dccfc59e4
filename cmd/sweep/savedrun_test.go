//go:build unix

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"ranksweep/results"
	"ranksweep/wholefile"
)

// statusOf returns what sweep status says of a store, as text, as a value, and as warnings.
func statusOf(t *testing.T, dir, store string) (text string, s status, warned string) {
	t.Helper()
	say := func(args ...string) (out, err strings.Builder) {
		c := exec.Command("sweep", append([]string{"status", store}, args...)...)
		c.Dir, c.Stdout, c.Stderr = dir, &out, &err
		c.Run() // its status is 1, since runs are missing
		return out, err
	}
	plain, warnings := say()
	coded, _ := say("--json")
	check(t, json.Unmarshal([]byte(coded.String()), &s))
	return plain.String(), s, warnings.String()
}

// TestStatusShowsCheckpoints: of a run that was interrupted, status says how far it is, how old
// its checkpoint is and which host wrote it. A checkpoint that is damaged, of another run, or of
// none that the experiment asks for, is named with the reason.
func TestStatusShowsCheckpoints(t *testing.T) {
	t.Parallel()
	dir := longWorkplace(t)
	s := launch(t, dir, "--set", "rank=[2,4]", "--workers", "2", "--checkpoint-every", "1ms")
	out := filepath.Join(dir, "out")
	s.until(t, func() bool { return len(checkpointsIn(t, out)) == 2 })
	s.end(t, syscall.SIGTERM)
	hour := time.Now().Add(-time.Hour)
	for _, file := range checkpointsIn(t, out) {
		check(t, os.Chtimes(file, hour, hour))
	}
	text, got, warned := statusOf(t, dir, "out")
	host := wholefile.Self().Host
	if len(got.Checkpoints) != 2 || strings.Contains(warned, "of no use") {
		t.Fatalf("%s%s%+v", text, warned, got)
	}
	for _, r := range got.Checkpoints {
		if r.Step < 1 || r.Step >= 3000 || r.Steps != 3000 || r.Age < 3600 || r.Age > 7200 || r.Host != host ||
			r.Unfit != "" {
			t.Errorf("%+v", r)
		}
		line := `(?m)^saved     run ` + r.Run + `, ` + r.Place + `: step \d+ of 3000, 1 h \d\d min old, by host ` +
			host + `$`
		if !regexp.MustCompile(line).MatchString(text) {
			t.Errorf("no line %s in\n%s", line, text)
		}
	}
	first, second := got.Checkpoints[0], got.Checkpoints[1]
	store := results.Open(out)
	content, err := os.ReadFile(filepath.Join(dir, first.File))
	check(t, err)
	write := func(id string, content []byte) { check(t, os.WriteFile(store.CheckpointFile(id), content, 0o666)) }
	write(first.Run, content[:len(content)-1])
	write(second.Run, content)
	write("other", content)
	text, got, warned = statusOf(t, dir, "out")
	if strings.Contains(text, "saved") || len(got.Checkpoints) != 3 {
		t.Errorf("%s%+v", text, got)
	}
	for id, why := range map[string]string{
		first.Run: "it is damaged or cut off", second.Run: "it is of run " + first.Run + " by trainer local",
		"other": "it is of run " + first.Run,
	} {
		if want := "checkpoint out/runs/." + id + ".checkpoint: " + why; !strings.Contains(warned, want) {
			t.Errorf("no %q in\n%s", want, warned)
		}
	}
	check(t, os.Remove(store.CheckpointFile("other")))
	write(first.Run, content)
	grid := filepath.Join(out, "grid.csv")
	check(t, os.WriteFile(grid, []byte("run,rank\n"+second.Run+",4\n"), 0o666))
	if _, _, warned = statusOf(t, dir, "out"); !strings.Contains(warned, "the experiment does not ask for its run") {
		t.Errorf("of a run that nobody asks for: %s", warned)
	}
}
