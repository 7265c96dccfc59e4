package wholefile

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// abandonedAfter is the time after which what a writer on another host left unchanged is
// taken for abandoned. Whoever writes adds to it all the time.
const abandonedAfter = 10 * time.Minute

var partials Watch

// Abandoned returns the entries of a folder that writers began and will not finish: those of
// ended processes of this host, and those of other hosts that did not change for ten minutes
// in which this process looked at them.
func Abandoned(dir string, entries []fs.DirEntry) (names []string) {
	for _, e := range entries {
		w, ok := writerOf(e.Name())
		if ok && (w.Ended() || w.Host != thisHost() && unchanged(dir, e) >= abandonedAfter) {
			names = append(names, e.Name())
		}
	}
	return names
}

func unchanged(dir string, e fs.DirEntry) time.Duration {
	info, err := e.Info()
	if err != nil {
		return 0 // it is gone
	}
	return partials.Unchanged(filepath.Join(dir, e.Name()), fmt.Sprint(info.Size(), info.ModTime().UnixNano()))
}

// Tidy removes what is abandoned in a folder, as far as that is possible.
func Tidy(dir string) {
	entries, _ := os.ReadDir(dir)
	for _, name := range Abandoned(dir, entries) {
		os.RemoveAll(filepath.Join(dir, name))
	}
}
