package wholefile

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// Writer is a process among all that may write into a folder, on any host.
type Writer struct {
	Host    string `json:"host"` // letters, digits and hyphens
	Process int    `json:"process"`
}

// String returns the writer as it stands in partial names: HOST.PROCESS.
func (w Writer) String() string { return w.Host + "." + strconv.Itoa(w.Process) }

// Self returns the writer that this process is.
func Self() Writer { return Writer{thisHost(), os.Getpid()} }

// Ended reports whether the writer is a process of this host that runs no more. Of a process
// on another host this is not known, and Ended is false.
func (w Writer) Ended() bool {
	if w.Host != thisHost() {
		return false
	}
	p, err := os.FindProcess(w.Process)
	if err != nil {
		return !errors.Is(err, fs.ErrPermission)
	}
	defer p.Release()
	return errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone) || zombie(w.Process) // the signal 0 only asks
}

// zombie reports whether a process of Linux runs no more, though its parent has not asked yet how it ended.
// In a container without an init, some parents never ask.
func zombie(process int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", process))
	afterName := bytes.LastIndexByte(stat, ')') // the name may have any characters
	return err == nil && bytes.HasPrefix(stat[afterName+1:], []byte(" Z"))
}

// thisHost names the machine. Two machines may have one name, and two containers on a machine
// may number their processes independently. So, where the system tells them, the name ends
// with a hash of when the machine was started and of the container's numbering.
var thisHost = sync.OnceValue(func() string {
	name, _ := os.Hostname()
	started, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	numbering, _ := os.Readlink("/proc/self/ns/pid")
	hash := sha256.Sum256([]byte(name + string(started) + numbering))
	return plain(name) + fmt.Sprintf("-%x", hash[:4])
})

// plain replaces what is neither a letter, a digit nor a hyphen, and keeps 40 characters at
// most.
func plain(name string) string {
	name = strings.Map(func(r rune) rune {
		if r == '-' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '-'
	}, name)
	return cmp.Or(name[:min(len(name), 40)], "host")
}

const partialSuffix = ".partial"

// PartialName returns a name, of this writer's own, under which a file or folder can be
// written before it gets its name: .NAME.HOST.PROCESS.RANDOM.partial. A long name is cut.
func PartialName(name string) string {
	name = strings.ToValidUTF8(name[:min(len(name), 100)], "")
	return fmt.Sprintf(".%s.%s.%s%s", name, Self(), Random(), partialSuffix)
}

// Random returns 64 random bits as letters and digits.
func Random() string { return strconv.FormatUint(rand.Uint64(), 36) }

// writerOf returns the writer that a partial name has in it. ok is false for other names.
func writerOf(name string) (w Writer, ok bool) {
	inner, ok := strings.CutSuffix(name, partialSuffix)
	parts := strings.Split(inner, ".")
	if n := len(parts); ok && n >= 5 && parts[0] == "" {
		process, err := strconv.Atoi(parts[n-2])
		return Writer{parts[n-3], process}, err == nil
	}
	return Writer{}, false
}
