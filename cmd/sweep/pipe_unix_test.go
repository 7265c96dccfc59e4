//go:build unix

package main

import (
	"bytes"
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestPipesInAStore: no command waits for what may come through a pipe that lies where a store has
// a file, of whatever kind the file is.
func TestPipesInAStore(t *testing.T) {
	t.Parallel()
	dir := workplace(t)
	store := complete(t, dir, "store", "--set", "rank=[2]", "--set", "seed=[0]")
	one := map[string]string{} // a file of each kind
	for name := range store {
		parts := strings.Split(name, "/")
		if run := len(parts) == 4; run {
			one["runs/"+parts[3]] = max(one["runs/"+parts[3]], name)
			one["lease"] = max(one["lease"], "/runs/."+parts[2]+".lease")
			one["checkpoint"] = max(one["checkpoint"], "/runs/."+parts[2]+".checkpoint")
			one["index"] = "/runs/.statuses"
			continue
		}
		one[filepath.Dir(name)+filepath.Ext(name)+parts[1]] = name
	}
	for _, name := range slices.Sorted(maps.Values(one)) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			check(t, os.RemoveAll(filepath.Join(dir, "piped")))
			check(t, os.CopyFS(filepath.Join(dir, "piped"), os.DirFS(filepath.Join(dir, "store"))))
			path := filepath.Join(dir, "piped", name)
			check(t, os.RemoveAll(path))
			if err := unix.Mkfifo(path, 0o666); err != nil {
				t.Skip(err)
			}
			for _, words := range []string{"status piped", "table piped", "plot piped", "export piped --out out",
				"report piped", "verify piped", "run killed.yaml --out piped --set rank=[2] --set seed=[0]"} {
				ends(t, dir, strings.Fields(words))
			}
		})
	}
}

// ends fails the test if a command does not end.
func ends(t *testing.T, dir string, words []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "sweep", words...)
	c.Dir = dir
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	c.Run() // it may fail, but must end
	if ctx.Err() != nil || strings.Contains(said.String(), "goroutine ") {
		t.Errorf("sweep %s:\n%s", strings.Join(words, " "), said.String())
	}
}
