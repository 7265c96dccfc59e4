//go:build !unix

package child

import "os/exec"

// Group does nothing: there are no process groups. Children of the other process see that
// its standard input ends.
func Group(*exec.Cmd) {}

// Kill ends the process.
func Kill(cmd *exec.Cmd) { cmd.Process.Kill() }

// Killed is not known.
func Killed(error) bool { return false }
