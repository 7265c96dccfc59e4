package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// written returns a folder in which requirements.txt has a content.
func written(t *testing.T, content string) string {
	t.Helper()
	root := t.TempDir()
	path := filepath.Join(root, requirements)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
	return root
}

func TestReadRequirements(t *testing.T) {
	got, err := readRequirements(written(t, "# what is needed\r\ntorch==2.15.0\n\n"+
		"  numpy == 2.4.6   # for arrays\nx[cpu,gpu]==1; python_version >= \"3.11\" or os_name == \"nt\"\n"), "peft")
	want := []string{
		`torch==2.15.0; extra == "peft"`,
		`numpy == 2.4.6; extra == "peft"`,
		`x[cpu,gpu]==1; (python_version >= "3.11" or os_name == "nt") and extra == "peft"`,
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

func TestReadRequirementsRefuses(t *testing.T) {
	for _, line := range []string{
		"torch", "torch>=2", "-r other.txt", "--index-url https://x.org/simple", "./torch.whl",
		"torch==2.15.0 --hash=sha256:00", "torch==2.15.0,<3 ; ", "https://x.org/torch.whl",
	} {
		got, err := readRequirements(written(t, "numpy==1\n"+line+"\n"), "peft")
		if err == nil || !strings.HasPrefix(err.Error(), "wheels: "+requirements+":2: ") {
			t.Errorf("%q: got %q, %v, want an error at line 2", line, got, err)
		}
	}
	if _, err := readRequirements(t.TempDir(), "peft"); err == nil {
		t.Error("no error without a file")
	}
}

// TestRequirementsOfThisProject reads the file that the wheels' extra is made of.
func TestRequirementsOfThisProject(t *testing.T) {
	got, err := readRequirements("..", "peft")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"torch", "transformers", "peft"} {
		if !slices.ContainsFunc(got, func(r string) bool { return strings.HasPrefix(r, name+"==") }) {
			t.Errorf("%s is not among %q", name, got)
		}
	}
}
