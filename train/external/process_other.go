//go:build !unix

package external

import "os/exec"

// group does nothing: there are no process groups. Children of the other process see that
// its standard input ends.
func group(*exec.Cmd) {}

// kill ends the process.
func kill(cmd *exec.Cmd) { cmd.Process.Kill() }

// killed is not known.
func killed(error) bool { return false }
