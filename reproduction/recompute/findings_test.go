package recompute

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// shared matches a difference between ranks in README.md.
var shared = regexp.MustCompile(`(?:lower|higher) by [^ ]+ ± [^ ]+% under [A-Za-z+]+`)

// README.md has the page's standings, counts those that are seen by what they rest on, and has the
// differences between ranks that follow from the files.
func TestFindings(t *testing.T) {
	r, text := open(t)
	p, err := parsePage(text)
	if err != nil {
		t.Fatal(err)
	}
	a := r.audit(p) // which finds all findings
	readme, err := os.ReadFile("../../README.md")
	if err != nil || *folder != "" {
		t.Skipf("no README.md beside the page: %v", err)
	}
	_, block, _ := strings.Cut(string(readme), "<!-- begin findings")
	block, _, _ = strings.Cut(block, "<!-- end findings -->")
	lines := strings.Split(block, "\n")
	listed, err := tableIn(lines)
	if err != nil || len(listed.cells) != len(p.claims) {
		t.Fatalf("%d claims, want %d: %v", len(listed.cells), len(p.claims), err)
	}
	seenBy := make(map[string]int)
	for i, c := range p.claims {
		row := listed.cells[i]
		if c.name != row[0] || row[2] != c.listed || row[3] != c.larger.listed {
			t.Errorf("%q: the page has %q, %q", row, c.listed, c.larger.listed)
		}
		hash, _, _ := strings.Cut(c.rule, ",")
		key, _, _ := ruleOf(hash)
		marks := strings.Fields(row[4])
		for where, of := range map[string]finding{"": r.found[key], "At 135M: ": r.found[there(key)]} {
			beware := of.beware
			beware.text = strings.TrimPrefix(beware.text, " ")
			if beware.text == "" {
				continue
			}
			i := slices.IndexFunc(marks, func(m string) bool {
				return strings.HasPrefix(listed.notes[m], "At 135M: "+
					"") == (where != "")
			})
			if i < 0 {
				t.Errorf("%q lacks a note: %s", row, beware)
				continue
			}
			a.hold("README.md", listed.notes[marks[i]], say{text: where}.plus(beware), 1)
			marks = slices.Delete(marks, i, i+1)
		}
		if len(marks) > 0 {
			t.Errorf("%q has notes that it should not have", row)
		}
		if row[2] == seen {
			seenBy[row[1]]++
		}
	}
	prose := strings.Join(strings.Fields(block), " ")
	for kind, says := range map[string]string{
		"test of the program": "%d on what has an exact value", "first step": "%d on the first step",
		"gradients in short training": "%d on gradients",
		"losses after training":       "%d on losses after training", "outputs after training": "%d on outputs",
	} {
		if n := seenBy[kind]; n > 0 && !strings.Contains(prose, fmt.Sprintf(" "+says, n)) {
			t.Errorf("%d are seen and a %s: %s", n, kind, prose)
		}
	}
	run := 0
	for _, row := range listed.cells {
		if row[3] != notRun && !strings.HasPrefix(row[3], "partial") {
			run++
		}
	}
	study := fmt.Sprintf("%d claims have a study for it; %d of these have been run.", len(largerStudies), run)
	if !strings.Contains(prose, study) {
		t.Errorf("should say %q: %s", study, prose)
	}
	var want []say
	for _, of := range []struct {
		claim   string
		schemes []string
	}{
		{"lora-rank-no-better", []string{"LoRA"}}, {"rslora-rank-better", []string{"rsLoRA"}},
		{"tuned-ranks", []string{"LoRA", "rsLoRA", "LoRA+"}}, {"rank-for-compute", []string{"rsLoRA"}},
	} {
		for i, s := range r.found[of.claim].shares {
			want = append(want, s.plus(say{text: " under " + of.schemes[i]}))
		}
	}
	said := shared.FindAllString(prose, -1)
	if len(said) != len(want) {
		t.Fatalf("%d differences between ranks, want %d: %q", len(said), len(want), said)
	}
	for i, s := range want {
		a.hold("README.md", said[i], s, 1)
	}
	_, lacks, _ := strings.Cut(prose, "what LoRA learned: *")
	_, lacks, _ = strings.Cut(lacks, "). ")
	lacks, _, _ = strings.Cut(lacks, " - **Under Adam")
	if f := r.found["tuned-schemes"]; f.lacks.text != "" {
		a.hold("README.md", lacks, f.lacks, 1)
	}
	for _, w := range a.wrong {
		t.Error(w)
	}
}
