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
	t.Run("Ray", func(t *testing.T) {
		needRay(t)
		t.Setenv("PATH", filepath.Dir(os.Getenv("RANKSWEEP_PYTHON"))+string(os.PathListSeparator)+os.Getenv("PATH"))
		follow(t, "sh", shellOf(t, page, "Ray, by `sweep submit`"))
	})
	t.Run("submit", func(t *testing.T) {
		needSlurm(t)
		command := regexp.MustCompile(`(?m)^    (sweep submit mine.yaml .*)$`).FindStringSubmatch(page)
		if command == nil {
			t.Fatal("docs/clusters.md does not submit mine.yaml")
		}
		dir := mine(t)
		tool(t, dir, "sh", "-c", command[1])
		reach(t, dir, "runs/mine", "the end", func(s status) bool { return in(s.Tasks, liveStates...) == 0 })
		if s, code := slurmStatus(t, dir, "runs/mine"); code != 0 || s.Done != killedRuns {
			t.Errorf("exit status %d: %+v", code, s)
		}
		for _, file := range []string{"tables/summary.csv", "figures/loss.pdf"} {
			if _, err := os.Stat(filepath.Join(dir, "runs/mine", file)); err != nil {
				t.Error(err)
			}
		}
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

// mine returns a folder with the experiment of the page, mine.yaml.
func mine(t *testing.T) string {
	t.Helper()
	dir := workplace(t)
	text := strings.Replace(killed, "name: killed", "name: mine", 1)
	check(t, os.WriteFile(filepath.Join(dir, "mine.yaml"), []byte(text), 0o666))
	return dir
}

// follow gives a program a script, its last argument, in the folder of the experiment. It must fill
// its store.
func follow(t *testing.T, program string, args ...string) {
	t.Helper()
	dir := mine(t)
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
