package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ranksweep/lora"
	"ranksweep/paper"
)

// readPage reads a file of the repository.
func readPage(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile("../../" + path)
	check(t, err)
	return string(text)
}

// README.md asks for the Go version of go.mod. It and the report name the size of the embedded
// model.
func TestReadmeFacts(t *testing.T) {
	readme := readPage(t, "README.md")
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(readPage(t, "go.mod"))
	parameters := regexp.MustCompile(`\| parameters \| (\d+)`).FindStringSubmatch(readPage(t, "models/base/README.md"))
	if version == nil || parameters == nil {
		t.Fatalf("go.mod has Go %q, the model's card %q parameters", version, parameters)
	}
	n, err := strconv.ParseFloat(parameters[1], 64)
	check(t, err)
	size := fmt.Sprintf("%.1f million parameters", n/1e6)
	for _, c := range []struct{ page, text, want string }{
		{"README.md", readme, "Go " + version[1] + " or later"},
		{"README.md", readme, size},
		{"the report", reportHead("full", 1, paper.NewWidths([]paper.Map{{Name: "q", Out: 4, In: 4}})), size},
		{"captions", paper.BaseModel, size},
	} {
		if !strings.Contains(strings.Join(strings.Fields(c.text), " "), c.want) {
			t.Errorf("%s does not say %q", c.page, c.want)
		}
	}
}

// A scheme's row in docs/schemes.md begins with its name and has, in the column before
// the last, the same scheme written out.
var schemeRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\|.*\\| `([^`]+)` \\|[^|]*\\|$")

// docs/schemes.md has every scheme that has a name, and what it writes out is that scheme.
func TestSchemesPage(t *testing.T) {
	var names []string
	for _, m := range schemeRow.FindAllStringSubmatch(readPage(t, "docs/schemes.md"), -1) {
		names = append(names, m[1])
		named, err := lora.ParseScheme(m[1])
		check(t, err)
		if written, err := lora.ParseScheme(m[2]); err != nil || written != named {
			t.Errorf("%s is not %s: %v", m[1], m[2], err)
		}
	}
	if !slices.Equal(names, lora.SchemeNames()) {
		t.Errorf("the page has %q, and there are %q", names, lora.SchemeNames())
	}
}

// docs/columns.md has the columns of the log that sweep pretrain writes.
func TestPretrainColumns(t *testing.T) {
	header, _, _ := strings.Cut(readPage(t, "models/base/log.csv"), "\n")
	_, section, _ := strings.Cut(readPage(t, "docs/columns.md"), "### log.csv")
	var columns []string
	for _, m := range regexp.MustCompile("(?m)^\\| `(\\w+)` ").FindAllStringSubmatch(section, -1) {
		columns = append(columns, m[1])
	}
	if got := strings.Join(columns, ","); got != header {
		t.Errorf("docs/columns.md has %s, and log.csv %s", got, header)
	}
}

// link is a link to a file.
var link = regexp.MustCompile(`\]\(([^)#:]+)[)#]`)

// Links from one page to another lead somewhere.
func TestLinks(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	check(t, err)
	for _, page := range append(pages, "../../README.md", "../../ARCHITECTURE.md", "../../CONTRIBUTING.md") {
		text, err := os.ReadFile(page)
		check(t, err)
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s: %v", page, err)
			}
		}
	}
}

// filePath is a file that a page names, in quotes for code.
var filePath = regexp.MustCompile("`([a-z][\\w/-]*/[\\w./-]*\\w\\.[a-z]+)`")

// The files that ARCHITECTURE.md and CONTRIBUTING.md name are there.
func TestNamedFiles(t *testing.T) {
	for _, page := range []string{"ARCHITECTURE.md", "CONTRIBUTING.md"} {
		for _, m := range filePath.FindAllStringSubmatch(readPage(t, page), -1) {
			if _, err := os.Stat(filepath.Join("../..", m[1])); err != nil {
				t.Errorf("%s: %v", page, err)
			}
		}
	}
}
