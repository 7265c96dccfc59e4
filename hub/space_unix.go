//go:build linux || darwin

package hub

import (
	"math"

	"golang.org/x/sys/unix"
)

// freeSpace returns the number of bytes that a user may still write to the disk of a folder.
func freeSpace(folder string) (bytes int64, known bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil || s.Bsize <= 0 {
		return 0, false
	}
	return int64(min(uint64(s.Bavail), math.MaxInt64/uint64(s.Bsize)) * uint64(s.Bsize)), true
}
