package recompute

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// git runs git in this repository; ok is false if it fails.
func git(args ...string) (out string, ok bool) {
	text, err := exec.Command("git", args...).Output()
	return string(text), err == nil
}

// needCommits skips a test where there is no git, or not all commits.
func needCommits(t *testing.T) {
	t.Helper()
	if shallow, ok := git("rev-parse", "--is-shallow-repository"); !ok || strings.TrimSpace(shallow) != "false" {
		t.Skip("skipped: there is no git, or this clone lacks a part of the history")
	}
}

// The claim on methods says what its rule would have called the runs before: not seen, by a power of PiSSA's drop.
func TestMethodsBefore(t *testing.T) {
	needCommits(t)
	const before = "946e324" // has these runs
	_, page := open(t)
	folder := t.TempDir()
	files, err := os.ReadDir("../methods")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, ok := git("show", before+":reproduction/methods/"+f.Name())
		if !ok {
			t.Fatalf("%s has no %s", before, f.Name())
		}
		if err := os.WriteFile(filepath.Join(folder, f.Name()), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	s, err := readStudy(folder)
	if err != nil {
		t.Fatal(err)
	}
	rule := rules["method-powers"]
	if f := judgeMethodPowers(rule, s); f.standing != notSeen {
		t.Errorf("the runs of %s are %s", before, f.standing)
	}
	off := make(map[string]float64)
	for _, a := range s.arms() {
		if p := a.pair(a.power("loss_drop_first"), "loss_drop_first", rule.Limits["rounding"]); p.paired != nil {
			off[a.method()+" "+a.text("optimizer")] = p.paired.mean
		}
	}

	if pissa := fmt.Sprintf("%.4f", off["pissa adamw"]); !strings.Contains(page, "off by "+pissa+", and this rule") {
		t.Errorf("PiSSA under AdamW is off by %s, and the page does not say so", pissa)
	}
	if olora := fmt.Sprintf("%.5f", math.Abs(off["olora sgd"])); !strings.Contains(page, "seen to make "+olora+" "+
		"under SGD") {
		t.Errorf("OLoRA under SGD is off by %s, and the page does not say so", olora)
	}
}

// Each program that made runs is a commit that has their rules, from before the first of them, but for those that the
// page says are none.
func TestProgramsHaveTheirRules(t *testing.T) {
	r, text := open(t)
	needCommits(t)
	for _, s := range r.studies {
		program, first := s.distinct("program"), ""
		if s.about.Timed != nil {
			program, first = s.about.Timed.Program, s.about.Timed.On
		}
		for _, run := range s.rows {
			if at := run.text("started"); at != "" && (first == "" || at < first) {
				first = at
			}
		}
		words := strings.Fields(program)
		if len(words) != 3 || strings.Contains(text, "program "+words[2][:12]+" of "+s.name+" is no commit") {
			continue // (devel), of which the page says that no commit has it
		}
		ledger, ok := git("show", words[2]+":paper/ledger.yaml")
		if !ok {
			t.Errorf("%s: %s is no commit", s.name, words[2])
		}
		for claim, rule := range s.about.Rules {
			if !strings.Contains(ledger, "claim: "+claim) || !strings.Contains(ledger, rule) {
				t.Errorf("%s: commit %s lacks rule %s of %s", s.name, words[2], rule, claim)
			}
		}
		when, _ := git("log", "-1", "--format=%cI", words[2])
		committed, err := time.Parse(time.RFC3339, strings.TrimSpace(when))
		began, errFirst := time.Parse(time.RFC3339, first)
		if err != nil || errFirst != nil || !committed.Before(began) {
			t.Errorf("%s: commit %s is of %q, and the first run of %q", s.name, words[2], when, first)
		}
	}
}
