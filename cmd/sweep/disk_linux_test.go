package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"ranksweep/results"
)

// diskSize is twice the size of the store of workplace's experiment, so that the test
// decides when the disk is full.
const diskSize = 8 << 20

// mountDisk mounts a small disk in a folder for the duration of the test.
func mountDisk(t *testing.T, dir string) {
	t.Helper()
	check(t, os.Mkdir(dir, 0o777))
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", diskSize)); err != nil {
		t.Skipf("needs a disk to fill, and mounting one takes root: %v", err)
	}
	t.Cleanup(func() { check(t, unix.Unmount(dir, unix.MNT_DETACH)) })
}

// fillDisk fills the disk in dir. makeRoom cuts the file that it returns.
func fillDisk(t *testing.T, dir string) (filler string) {
	t.Helper()
	filler = filepath.Join(dir, "filler")
	if err := os.WriteFile(filler, make([]byte, diskSize+1), 0o666); !errors.Is(err, unix.ENOSPC) {
		t.Fatalf("filling the disk: %v", err)
	}
	return filler
}

func makeRoom(t *testing.T, filler string, bytes int64) {
	t.Helper()
	info, err := os.Stat(filler)
	check(t, err)
	check(t, os.Truncate(filler, info.Size()-bytes))
}

// fails runs a command that must end with status 1, and returns its standard error.
func fails(t *testing.T, c *exec.Cmd) string {
	t.Helper()
	var said bytes.Buffer
	c.Stderr = &said
	if c.Run(); c.ProcessState.ExitCode() != 1 {
		t.Fatalf("%v, want exit status 1\n%s", c.ProcessState, &said)
	}
	return said.String()
}

// TestFullDisk: a sweep on a full disk names the file that does not fit, keeps every record,
// and goes on when there is room. Here the disk grows little by little, so that it is full
// at every stage: before the first run, amid the records, and amid the figures.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := workplace(t)
	disk := filepath.Join(dir, "disk")
	mountDisk(t, disk)
	filler := fillDisk(t, disk)
	store := filepath.Join(disk, "store")

	stages := map[string]bool{"experiment.yaml": false, "not stored": false, "figures": false}
	stored := 0
	for ; ; makeRoom(t, filler, 256<<10) {
		c := command(dir, "disk/store", "--workers", "2")
		if c.Run() == nil {
			break
		}
		said := fmt.Sprint(c.Stderr)
		if code := c.ProcessState.ExitCode(); code != 1 || !fullDisk.MatchString(said) {
			t.Fatalf("exit status %d\n%s", code, said)
		}
		for stage := range stages {
			stages[stage] = stages[stage] || strings.Contains(said, stage)
		}
		runs, problems := results.Open(store).Runs()
		if len(problems) > 0 || len(runs) < stored {
			t.Fatalf("%d runs are stored, %d were before; %v", len(runs), stored, problems)
		}
		stored = len(runs)
	}
	for stage, seen := range stages {
		if !seen {
			t.Errorf("the disk was never full at %s", stage)
		}
	}
	compare(t, files(t, store), complete(t, dir, "undisturbed"))
}

// fullDisk matches the error of a command on a full disk: the file, and what to do.
var fullDisk = regexp.MustCompile(`(?m)^sweep: .*disk/.*: no space left on device$
^sweep: the disk is full: stored runs are kept; make room and run the same command again$`)

// TestFullDiskKeepsModel: on a full disk, pretrain leaves a finished model and its card as
// they were, and an unfinished model at its last checkpoint.
func TestFullDiskKeepsModel(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	disk := filepath.Join(dir, "disk")
	mountDisk(t, disk)
	check(t, os.WriteFile(filepath.Join(dir, "text.txt"), []byte(strings.Repeat("the quick brown fox. ", 99)), 0o666))
	check(t, os.WriteFile(filepath.Join(dir, "fox.yaml"), []byte(fox), 0o666))
	pretrain := func(out string) *exec.Cmd {
		c := exec.Command("sweep", "pretrain", "--recipe", "fox.yaml", "--out", "disk/"+out)
		c.Dir = dir
		return c
	}
	check(t, pretrain("done").Run())
	done := files(t, filepath.Join(disk, "done"))

	filler := fillDisk(t, disk)
	for _, out := range []string{"done", "begun"} {
		if said := fails(t, pretrain(out)); !fullDisk.MatchString(said) {
			t.Errorf("%s says %q", out, said)
		}
	}
	makeRoom(t, filler, 120_000) // room for one checkpoint, but not for the next one beside it
	if said := fails(t, pretrain("begun")); !fullDisk.MatchString(said) {
		t.Errorf("begun says %q", said)
	}
	if _, err := os.Stat(filepath.Join(disk, "begun", "state.safetensors")); err != nil {
		t.Errorf("no checkpoint was kept: %v", err)
	}
	compare(t, files(t, filepath.Join(disk, "done")), done)
	check(t, os.Remove(filler))
	check(t, pretrain("done").Run())
	check(t, pretrain("begun").Run())
	begun := files(t, filepath.Join(disk, "begun"))
	if w := "/model.safetensors"; begun[w] != done[w] {
		t.Error("the model differs after a full disk")
	}
}

// fox is a recipe that takes some ten milliseconds.
const fox = `{data: text.txt, held: text.txt,
model: {vocab: 265, dim: 16, layers: 1, heads: 2, hidden: 24, context: 32},
train: {lr: 0.01, schedule: constant, steps: 9, batch: 4, beta1: 0.9, beta2: 0.95, eps: 1e-8, shards: 2},
eval_every: 3, eval_sequences: 4, checkpoint_every: 1}
`

// TestReadOnlyDisk: a store on a read-only disk can be read. Commands that write to it return
// an error.
func TestReadOnlyDisk(t *testing.T) {
	t.Parallel()
	dir := workplace(t)
	disk := filepath.Join(dir, "disk")
	mountDisk(t, disk)
	want := complete(t, dir, "disk/store")
	remount := func(flags uintptr) { check(t, unix.Mount("", disk, "", unix.MS_REMOUNT|flags, "")) }
	remount(unix.MS_RDONLY)

	sweep := func(args ...string) *exec.Cmd {
		c := exec.Command("sweep", args...)
		c.Dir = dir
		return c
	}
	for _, c := range []struct {
		cmd  *exec.Cmd
		want string
	}{
		{command(dir, "disk/store"), "sweep: disk/store/experiment.yaml: "},
		{command(dir, "disk/other"), "sweep: mkdir disk/other: "},
		{sweep("table", "disk/store"), "sweep: paper: disk/store/tables/summary.csv: "},
		{sweep("plot", "disk/store"), "sweep: paper: disk/store/figures/loss.svg: "},
		{sweep("export", "disk/store", "--out", "disk/store"), "sweep: results: open disk/store/.export."},
	} {
		if said := fails(t, c.cmd); !strings.HasPrefix(said, c.want) ||
			!strings.HasSuffix(said, ": read-only file system\n") {
			t.Errorf("%q says %q, want %q", c.cmd.Args, said, c.want)
		}
	}
	check(t, sweep("status", "disk/store").Run())
	check(t, sweep("export", "disk/store", "--out", "report").Run())
	remount(0)
	compare(t, complete(t, dir, "disk/store"), want)
}

// TestFullOutput: results that cannot be printed are an error.
func TestFullOutput(t *testing.T) {
	t.Parallel()
	dir := workplace(t)
	complete(t, dir, "store", "--set", "seed=0")
	for _, args := range []string{
		"list", "show killed.yaml", "show killed.yaml --json", "run killed.yaml --out store --set seed=0",
		"status store", "status store --json", "table store", "plot store",
		"eval --model model --data sums.jsonl", "eval --model model --data sums.jsonl --json",
	} {
		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		check(t, err)
		c := exec.Command("sweep", strings.Fields(args)...)
		c.Dir, c.Stdout = dir, full
		if said := fails(t, c); !strings.Contains(said, "sweep: write /dev/stdout: no space left on device\n") {
			t.Errorf("sweep %s says %q", args, said)
		}
		check(t, full.Close())
	}
}

// TestWithoutTemporaryFolder: no command needs a folder for temporary files. TMPDIR names
// none, a file, or a read-only disk.
func TestWithoutTemporaryFolder(t *testing.T) {
	t.Parallel()
	dir := workplace(t)
	want := complete(t, dir, "undisturbed")
	disk := filepath.Join(dir, "disk")
	mountDisk(t, disk)
	check(t, unix.Mount("", disk, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""))
	for _, tmp := range []string{filepath.Join(dir, "none"), filepath.Join(dir, "killed.yaml"), disk} {
		for _, args := range []string{
			"run killed.yaml --out store --adapters adapters", "plot store", "table store", "verify store",
			"export store --out csv", "export store --adapters again", "status store",
		} {
			c := exec.Command("sweep", strings.Fields(args)...)
			c.Dir, c.Env = dir, append(os.Environ(), "TMPDIR="+tmp)
			if out, err := c.CombinedOutput(); err != nil {
				t.Errorf("TMPDIR=%s sweep %s: %v\n%s", tmp, args, err, out)
			}
		}
		compare(t, files(t, filepath.Join(dir, "store")), want)
		compare(t, files(t, filepath.Join(dir, "again")), files(t, filepath.Join(dir, "adapters")))
		for _, made := range []string{"store", "adapters", "again", "csv"} {
			check(t, os.RemoveAll(filepath.Join(dir, made)))
		}
	}
}
