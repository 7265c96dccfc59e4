package wholefile

import (
	"os"
	"path/filepath"
	"testing"
)

// TestTempFoldersOfKilledProcesses are removed by the next process that makes one, with what is
// in them. Those of living processes stay, and so does what others have there.
func TestTempFoldersOfKilledProcesses(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	killed := begun(t, dir, ended(t))
	if err := os.Remove(killed); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(killed, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(killed, "run-1.safetensors"), "half")
	others := filepath.Join(dir, "ranksweep-123")
	write(t, others, "a user's")
	first, err := TempFolder("ranksweep")
	if err != nil {
		t.Fatal(err)
	}
	second, err := TempFolder("ranksweep")
	if err != nil {
		t.Fatal(err)
	}
	remain(t, dir, first, second, others)
	if info, err := os.Stat(first); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder is not this user's alone: %v, %v", info, err)
	}
}
