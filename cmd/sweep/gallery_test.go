package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pictured is a figure of the gallery, by the name in its address.
var pictured = regexp.MustCompile(`(?m)^!\[.+\]\(figures/(.+)\.svg\)$`)

// TestGallery: docs/figures.md has ten figures at least, each right after the command that draws it, and no other
// is kept. With -update it does all that the page asks, at full size, and keeps the figures.
func TestGallery(t *testing.T) {
	page := readPage(t, "docs/figures.md")
	var names []string
	for _, m := range pictured.FindAllStringSubmatch(page, -1) {
		names = append(names, m[1])
		if command := " --name " + m[1] + "\n"; strings.Count(page, command) != 1 {
			t.Errorf("figure %s: the page has no command that ends in %q", m[1], command)
		}
	}
	if len(names) < 10 {
		t.Errorf("%d figures, want 10", len(names))
	}
	kept := filepath.Join("../../docs/figures")
	if *update {
		drawGallery(t, page, names, kept)
	}
	files, err := filepath.Glob(filepath.Join(kept, "*"))
	check(t, err)
	for i := range files {
		files[i] = strings.TrimSuffix(filepath.Base(files[i]), ".svg")
	}
	if slices.Sort(names); !slices.Equal(files, names) {
		t.Errorf("docs/figures has %q, and the page %q", files, names)
	}
}

// drawGallery runs the page's commands and copies the figures.
func drawGallery(t *testing.T, page string, names []string, kept string) {
	dir := t.TempDir()
	for _, m := range block.FindAllStringSubmatch(page, -1) {
		switch file, content, command := m[1], m[2], m[4]; {
		case file != "":
			check(t, os.WriteFile(filepath.Join(dir, file), []byte(content), 0o666))
		case command != "":
			c := exec.Command("sh", "-c", command)
			c.Dir = dir
			if out, err := c.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", command, err, out)
			}
		}
	}
	check(t, os.MkdirAll(kept, 0o777))
	for _, name := range names {
		svg, err := os.ReadFile(filepath.Join(dir, "store", "figures", name+".svg"))
		check(t, err)
		check(t, os.WriteFile(filepath.Join(kept, name+".svg"), svg, 0o666))
	}
}
