// Package pefttest finds a Python with PEFT for tests, and writes texts for the models in
// lora/peft/testdata.
package pefttest

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Python returns a Python that has PEFT: the one that RANKSWEEP_PYTHON names, which must have
// PEFT, or else the one on the path. The test is skipped if that has none. CONTRIBUTING.md says
// how to make one.
func Python(t testing.TB) string {
	t.Helper()
	name, asked := os.LookupEnv("RANKSWEEP_PYTHON")
	if !asked {
		name = "python3"
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, "-c", "import peft, torch, transformers").CombinedOutput()
	if err != nil && asked {
		t.Fatalf("RANKSWEEP_PYTHON=%s has no PEFT: %v\n%s", name, err, out)
	}
	if err != nil {
		t.Skip("skipped: python3 has no PEFT; set RANKSWEEP_PYTHON to one that has, see CONTRIBUTING.md")
	}
	return name
}

// Letters writes a file of prompts and completions of different lengths, one a line of JSON, and
// returns its path. They have capital letters alone: those models have one token for each.
func Letters(t testing.TB, lines int) string {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	var text strings.Builder
	for range lines {
		var word strings.Builder
		for range 5 + rng.IntN(20) {
			word.WriteByte(byte('A' + rng.IntN(26)))
		}
		text.WriteString(`{"prompt": "` + word.String()[:3] + `", "completion": "` + word.String()[3:] + "\"}\n")
	}
	path := filepath.Join(t.TempDir(), "letters.jsonl")
	if err := os.WriteFile(path, []byte(text.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}
