package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// mountTwice shows one folder at two places, as two hosts mount one disk: each has its own
// memory of what is there, and locks of the one mean nothing to the other.
func mountTwice(t *testing.T, folder, a, b string) {
	t.Helper()
	check(t, os.Mkdir(folder, 0o777))
	for _, place := range []string{a, b} {
		check(t, os.Mkdir(place, 0o777))
		if out, err := exec.Command("bindfs", folder, place).CombinedOutput(); err != nil {
			t.Skipf("needs bindfs, and mounting takes root: %v %s", err, out)
		}
		t.Cleanup(func() { unix.Unmount(place, unix.MNT_DETACH) })
	}
}

// onHost returns a sweep as a process of a machine with another name.
func onHost(dir, host, out string) *exec.Cmd {
	c := exec.Command("unshare", "--uts", "sh", "-c",
		"hostname "+host+" && exec sweep run killed.yaml --workers 2 --out "+out)
	c.Dir, c.Stderr = dir, new(bytes.Buffer)
	return c
}

// TestTwoMounts: two hosts that share a disk without locks fill a store at once. Both end
// well, and the store has the bytes of an undisturbed one.
func TestTwoMounts(t *testing.T) {
	t.Parallel()
	dir := workplace(t)
	path := func(name string) string { return filepath.Join(dir, name) }
	mountTwice(t, path("disk"), path("a"), path("b"))
	want := complete(t, dir, "undisturbed")
	trials := 1
	if *long {
		trials = 13
	}
	for trial := range trials {
		store := fmt.Sprint("store", trial)
		a, b := onHost(dir, "a", filepath.Join("a", store)), onHost(dir, "b", filepath.Join("b", store))
		check(t, a.Start())
		check(t, b.Start())
		for _, c := range []*exec.Cmd{a, b} {
			if err := c.Wait(); err != nil {
				t.Errorf("%v\n%s", err, c.Stderr)
			}
		}
		compare(t, files(t, filepath.Join(dir, "disk", store)), want)
		t.Logf("trial %d: %d runs were trained for %d", trial, strings.Count(fmt.Sprint(a.Stderr, b.Stderr), ": done  "),
			killedRuns)
	}
}
