package ranksweep_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// columns is the largest width of a line, with tabs of four.
const columns = 120

// TestLinesAreNarrow: no line of Go is too wide, in tests as elsewhere. Generated files are left out.
func TestLinesAreNarrow(t *testing.T) {
	files := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil || strings.Contains(string(text), "\n// Code generated ") ||
			strings.HasPrefix(string(text), "// Code generated ") {
			return err
		}
		files++
		for _, line := range wide(string(text)) {
			t.Errorf("%s:%d: is wider than %d columns", path, line, columns)
		}
		return nil
	})
	if err != nil || files < 500 {
		t.Fatalf("%d files: %v", files, err)
	}
}

func TestWideSees(t *testing.T) {
	narrow := "\t" + strings.Repeat("γ", columns-4)
	if got := wide(narrow + "\n" + narrow + "x\n\n"); !slices.Equal(got, []int{2}) {
		t.Errorf("wide lines %v, want 2", got)
	}
}

// wide returns the numbers of the lines that are too wide.
func wide(text string) (lines []int) {
	for i, line := range strings.Split(text, "\n") {
		if utf8.RuneCountInString(strings.ReplaceAll(line, "\t", "    ")) > columns {
			lines = append(lines, i+1)
		}
	}
	return lines
}
