//go:build linux || darwin || freebsd || netbsd || openbsd

package checkpoint

import (
	"fmt"
	"math"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

func mapFile(f *os.File) (*mapping, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	size := info.Size()
	if size <= 0 || size > math.MaxInt {
		return nil, fmt.Errorf("%s: %d bytes cannot be mapped", f.Name(), size)
	}
	content, err := unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE)
	return &mapping{content, true}, err
}

// close gives the memory back; the content must not be used afterwards.
func (m *mapping) close() {
	if m.mapped {
		unix.Munmap(m.content) // cannot fail: mapFile returned this content
	}
	m.content = nil
}

// drop gives back the memory of a part that has been read. If it is read again, it comes from
// the file again.
func (m *mapping) drop(part []byte) {
	if !m.mapped {
		return
	}
	page := os.Getpagesize()
	start := int(address(part) - address(m.content))
	end := start + len(part)
	start = (start + page - 1) / page * page
	if end = end / page * page; start < end {
		unix.Madvise(m.content[start:end], unix.MADV_DONTNEED) // only a hint to the system
	}
}

func address(b []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(b))) }
