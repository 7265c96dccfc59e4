package peft

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ranksweep/lora/peft/pefttest"
	"ranksweep/train/external"
	"ranksweep/train/local"
)

// anyPython returns a Python, with or without PyTorch.
func anyPython(t *testing.T) string {
	t.Helper()
	if name, asked := os.LookupEnv("RANKSWEEP_PYTHON"); asked {
		return name
	}
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("skipped: there is no python3")
	}
	return "python3"
}

// shadow puts files before those of Python's libraries, and distributions that pretend to be
// of the given versions.
func shadow(t *testing.T, files, versions map[string]string) {
	t.Helper()
	dir := t.TempDir()
	for name, version := range versions {
		name = fmt.Sprintf("%s-%s.dist-info/METADATA", name, version)
		files[name] = fmt.Sprintf("Metadata-Version: 2.1\nName: %s\nVersion: %s\n",
			strings.Split(name, "-")[0], version)
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		check(t, os.MkdirAll(filepath.Dir(path), 0o777))
		check(t, os.WriteFile(path, []byte(text), 0o666))
	}
	t.Setenv("PYTHONPATH", dir)
}

// refusal returns why the program cannot begin.
func refusal(t *testing.T) string {
	t.Helper()
	x := external.New(t.Context(), Program(anyPython(t)), local.New(os.DirFS(t.TempDir())), []string{external.CPU})
	defer x.Close()
	_, err := x.Abilities()
	if err == nil {
		t.Fatal("the program begins")
	}
	return err.Error()
}

// TestOtherVersionsAreRefused by name, with the tested range and the command that installs
// what was tested.
func TestOtherVersionsAreRefused(t *testing.T) {
	shadow(t, map[string]string{}, map[string]string{
		"torch": "1.9.0+cpu", "transformers": "6.0", "peft": "0.21.2", "safetensors": "0.8.1"})
	got := refusal(t)
	for _, want := range []string{
		"external: trainer peft: torch 1.9.0+cpu was not tested: must be at least 2.15 and below 3; ",
		"transformers 6.0 was not tested: must be at least 5.24 and below 6. ",
		" -m pip install torch==2.15.0 transformers==5.24.0 peft==0.21.2",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s: want %q in it", got, want)
		}
	}
}

// TestImportErrorsAreTold with the end of the traceback.
func TestImportErrorsAreTold(t *testing.T) {
	shadow(t, map[string]string{"torch/__init__.py": `raise ImportError("libcudart.so is not there")`},
		map[string]string{
			"torch": "2.15.0", "transformers": "5.24.0", "peft": "0.21.2", "safetensors": "0.8.0"})
	want := "external: trainer peft: import failed: ImportError: libcudart.so is not there; its log ends: "
	if got := refusal(t); !strings.HasPrefix(got, want) {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestNoiseIsNoMessage: what a library prints on standard output, and what it reads, does not
// touch the conversation.
func TestNoiseIsNoMessage(t *testing.T) {
	shadow(t, map[string]string{"sitecustomize.py": `
import os, sys
class Noisy:
    def find_spec(self, name, path=None, target=None):
        if name == "torch":
            print("a new version of torch is available!", flush=True)
            os.write(1, b"[y/N]? ")
            assert os.read(0, 1) == b""
sys.meta_path.insert(0, Noisy())
`}, nil)
	b := newBoth(t)
	b.compare(t, config(filepath.Join(goldens, "llama"), pefttest.Letters(t, 40)))
}

// TestEndsWithItsInput: if ranksweep is killed, the program ends by itself.
func TestEndsWithItsInput(t *testing.T) {
	dir := t.TempDir()
	check(t, os.CopyFS(dir, Program("").Source))
	cmd := exec.CommandContext(t.Context(), anyPython(t), filepath.Join(dir, "trainer.py"))
	cmd.Stdin = strings.NewReader(`{"type": "start", "protocol": 1, "device": "cpu", "threads": 1}` + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
