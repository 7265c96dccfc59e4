package wholefile

import (
	"os"
	"path/filepath"
)

// TempFolder makes a folder, of this process's own, in the folder for temporary files, and
// returns its path. The caller removes it. A killed process leaves it, and the next TempFolder
// removes it.
func TempFolder(name string) (string, error) {
	Tidy(os.TempDir())
	path := filepath.Join(os.TempDir(), PartialName(name))
	return path, os.Mkdir(path, 0o700)
}
