package kernel

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The committed assembly must be what its generator writes.
func TestGeneratedCodeIsCurrent(t *testing.T) {
	if out, err := exec.Command("go", "-C", "asm", "mod", "download").CombinedOutput(); err != nil {
		t.Skipf("the generator's modules cannot be fetched: %v\n%s", err, out)
	}
	dir := t.TempDir()
	code, stubs := filepath.Join(dir, "kernel_amd64.s"), filepath.Join(dir, "kernel_amd64.go")
	if out, err := exec.Command("go", "-C", "asm", "run", ".", "-out", code, "-stubs", stubs, "-pkg",
		"kernel").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, file := range []string{code, stubs} {
		if !bytes.Equal(body(t, file), body(t, filepath.Base(file))) {
			t.Errorf("%s is not what the generator writes: run go generate", filepath.Base(file))
		}
	}
}

// body returns a file without its first line, which quotes the command that wrote the file.
func body(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(text, []byte("\n"))
	return rest
}
