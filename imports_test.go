package ranksweep_test

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestImportsFollowTheTable holds every package's imports to the table in
// ARCHITECTURE.md.
func TestImportsFollowTheTable(t *testing.T) {
	text, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	allowed := roomsOf(string(text))
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}:{{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Fields(strings.ReplaceAll(strings.TrimSpace(string(out)), " ", ","))
	if len(allowed) < 10 || len(lines) < 10 {
		t.Fatalf("%d rooms in the table, %d packages", len(allowed), len(lines))
	}
	for _, line := range lines {
		path, imports, _ := strings.Cut(line, ":")
		if path == "ranksweep" || path == "ranksweep/reproduction/recompute" {
			continue // tests alone
		}
		room := strings.TrimPrefix(path, "ranksweep/")
		may, ok := allowed[room]
		if !ok {
			t.Errorf("package %s has no row in ARCHITECTURE.md's table", room)
			continue
		}
		for _, wrong := range beyond(may, strings.Split(imports, ",")) {
			t.Errorf("%s imports %s, which its row in ARCHITECTURE.md does not allow", room, wrong)
		}
		for _, idle := range idle(may, strings.Split(imports, ",")) {
			t.Errorf("%s does not import %s, which its row in ARCHITECTURE.md has", room, idle)
		}
	}
}

func TestBeyondSees(t *testing.T) {
	if got := beyond([]string{"nn"}, []string{"fmt", "ranksweep/nn", "ranksweep/paper"}); len(got) != 1 ||
		got[0] != "paper" {
		t.Errorf("beyond = %v, want paper", got)
	}
	if got := beyond([]string{"all"}, []string{"ranksweep/paper"}); len(got) != 0 {
		t.Errorf("beyond all = %v", got)
	}
	if got := idle([]string{"nn", "lora"}, []string{"fmt", "ranksweep/nn"}); len(got) != 1 || got[0] != "lora" {
		t.Errorf("idle = %v, want lora", got)
	}
}

// beyond returns the imports of this module that a room may not have.
func beyond(may, imports []string) []string {
	var wrong []string
	for _, path := range imports {
		room, ours := strings.CutPrefix(path, "ranksweep/")
		if ours && !slices.Contains(may, room) && !slices.Contains(may, "all") {
			wrong = append(wrong, room)
		}
	}
	return wrong
}

// idle returns what a room may import and does not.
func idle(may, imports []string) []string {
	return slices.DeleteFunc(slices.Clone(may), func(room string) bool {
		return room == "" || room == "all" || slices.Contains(imports, "ranksweep/"+room)
	})
}

var row = regexp.MustCompile("(?m)^\\| `([^`]+)` \\|.*\\|([^|]*)\\|$")

// roomsOf reads the table: what each room may import.
func roomsOf(text string) map[string][]string {
	rooms := make(map[string][]string)
	for _, m := range row.FindAllStringSubmatch(text, -1) {
		var may []string
		for _, name := range strings.Split(regexp.MustCompile(`\([^)]*\)`).ReplaceAllString(m[2], ""), ",") {
			may = append(may, strings.TrimSpace(name))
		}
		rooms[m[1]] = may
	}
	return rooms
}
