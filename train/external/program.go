package external

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"ranksweep/train/local"
)

// Program is a program that trains in another process.
type Program struct {
	Name    string   // the trainer's name in configs
	Command []string // how it is started: a path or a name on the PATH, and arguments

	// Source, if not nil, is written into a folder before the program is started; the name
	// of Main in that folder is its last argument.
	Source fs.FS
	Main   string

	// Memory, if not nil, estimates the bytes that a process takes for a run on a device, its
	// base model included.
	Memory func(w local.Work, device string) int64

	Hint string // what to try if the command is not there
}

// command returns the command line, with the source in dir.
func (p Program) command(dir string) ([]string, error) {
	if len(p.Command) == 0 {
		return nil, fmt.Errorf("external: trainer %s has no command: write NAME=COMMAND", p.Name)
	}
	path, err := exec.LookPath(p.Command[0])
	if err != nil {
		return nil, fmt.Errorf("external: trainer %s cannot be started: %w%s", p.Name, err, p.Hint)
	}
	command := append([]string{path}, p.Command[1:]...)
	if p.Source == nil {
		return command, nil
	}
	to := filepath.Join(dir, "program")
	if _, err := os.Stat(to); err != nil {
		if err := os.CopyFS(to, p.Source); err != nil {
			return nil, err
		}
	}
	return append(command, filepath.Join(to, filepath.FromSlash(p.Main))), nil
}
