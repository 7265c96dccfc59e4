package paper

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The program of every study is a commit of this repository, or the report says that it is none.
func TestProgramsAreCommits(t *testing.T) {
	shallow, err := exec.Command("git", "rev-parse", "--is-shallow-repository").Output()
	if err != nil || strings.TrimSpace(string(shallow)) != "false" {
		t.Skipf("no repository with its history: %v", err)
	}
	known := func(commit string) bool {
		return exec.Command("git", "cat-file", "-e", commit+"^{commit}").Run() == nil
	}
	for _, r := range rebasedTo {
		if !known(r.successor) {
			t.Errorf("%s, the successor of %s, is no commit", r.successor, r.program)
		}
	}
	files, err := filepath.Glob("../reproduction/*/study.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`-([0-9a-f]{12}) [0-9a-f]{40}"`).FindAllStringSubmatch(string(text), -1) {
			said := false
			for _, r := range rebasedTo {
				said = said || r.program == m[1]
			}
			if !said && !known(m[1]) {
				t.Errorf("%s: the program %s is no commit, and the report does not say so", file, m[1])
			}
		}
	}
}
