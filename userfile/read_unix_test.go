//go:build linux || darwin || freebsd || netbsd || openbsd

package userfile

import (
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// A pipe that nobody writes to would be waited for in opening it, and a device never ends.
func TestReadOpensNoPipeAndNoDevice(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Read(pipe, 9)
	refuses(t, pipe, err, "it is a pipe")
	_, err = Read("/dev/zero", 9)
	refuses(t, "/dev/zero", err, "open /dev/zero: it is a device")
}
