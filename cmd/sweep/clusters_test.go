package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestClustersPage follows docs/clusters.md word for word where the programs are that it speaks of.
func TestClustersPage(t *testing.T) {
	page := readPage(t, "docs/clusters.md")
	t.Run("GNU parallel", func(t *testing.T) {
		if _, err := exec.LookPath("parallel"); err != nil {
			t.Skip("GNU parallel is missing: apt-get install parallel")
		}
		follow(t, "sh", shellOf(t, page, "GNU parallel"))
	})
	t.Run("Slurm", func(t *testing.T) {
		needSlurm(t)
		follow(t, "sbatch", "--wait", shellOf(t, page, "Slurm"))
	})
}

// shellOf returns the script in a section of a page.
func shellOf(t *testing.T, page, section string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, "\n## "+section+"\n")
	m := regexp.MustCompile("(?s)```sh\n(.*?)```\n").FindStringSubmatch(rest)
	if !ok || m == nil {
		t.Fatalf("docs/clusters.md has no script in its section %s", section)
	}
	return m[1]
}

// follow gives a program a script, its last argument, in a folder with the experiment mine. It must
// fill its store.
func follow(t *testing.T, program string, args ...string) {
	t.Helper()
	dir := workplace(t)
	text := strings.Replace(killed, "name: killed", "name: mine", 1)
	check(t, os.WriteFile(filepath.Join(dir, "mine.yaml"), []byte(text), 0o666))
	last := len(args) - 1
	check(t, os.WriteFile(filepath.Join(dir, "script"), []byte(args[last]), 0o777))
	c := exec.Command(program, append(args[:last:last], "./script")...)
	c.Dir, c.Stderr = dir, new(bytes.Buffer)
	if err := c.Run(); err != nil {
		t.Fatalf("%v\n%s", err, c.Stderr)
	}
	if n := countRecords(filepath.Join(dir, "runs/mine")); n != killedRuns {
		t.Errorf("%d records, want %d\n%s", n, killedRuns, c.Stderr)
	}
}
