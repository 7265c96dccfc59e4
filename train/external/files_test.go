package external

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ranksweep/train/local"
)

// TestOnlyLocalReadsGGUF: a model that only one trainer can load is refused with its name.
func TestOnlyLocalReadsGGUF(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.gguf")
	check(t, os.WriteFile(path, nil, 0o666))
	var f files
	defer f.close()
	_, err := f.model(local.New(os.DirFS(t.TempDir())), path)
	if err == nil || !strings.HasSuffix(err.Error(), "since only trainer local reads GGUF files") {
		t.Error(err)
	}
}
