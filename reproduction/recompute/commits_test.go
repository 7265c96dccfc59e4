package recompute

import (
	"os/exec"
	"strings"
	"testing"
	"time"
)

// Each program that made runs is a commit that has their rules, from before the first of them, but for those that the
// page says are none.
func TestProgramsHaveTheirRules(t *testing.T) {
	r, text := open(t)
	git := func(args ...string) (string, bool) {
		out, err := exec.Command("git", args...).Output()
		return string(out), err == nil
	}
	if shallow, ok := git("rev-parse", "--is-shallow-repository"); !ok || strings.TrimSpace(shallow) != "false" {
		t.Skip("skipped: there is no git, or this clone lacks a part of the history")
	}
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
