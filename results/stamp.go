package results

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io/fs"
	"path/filepath"
)

// stamp is what the system says of a file or a folder without reading it. Whatever changes the file
// changes its stamp, except within one tick of the system's clock.
type stamp struct {
	inode   uint64
	size    int64
	changed int64 // when it was last changed, in nanoseconds; no program can set that time
}

// stamping is a [FileSystem] that gives stamps.
type stamping interface {
	FileSystem

	// stamp returns the stamp of a file or a folder. It fails for anything else, and on systems
	// that do not say when something was changed.
	stamp(name string) (stamp, error)
}

// recordStamp returns a text that stands for the stamps of a folder and of the files of its record,
// and when the last of them was changed. The text is empty if they have no stamps.
func recordStamp(files stamping, dir string) (text string, changed int64) {
	at, err := files.stamp(dir)
	if err != nil {
		return "", 0
	}
	all := at.append(make([]byte, 0, 256))
	changed = at.changed
	for _, name := range recordFiles {
		at, err := files.stamp(filepath.Join(dir, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", 0
		}
		all = at.append(all)
		changed = max(changed, at.changed)
	}
	hash := sha256.Sum256(all)
	return hex.EncodeToString(hash[:16]), changed
}

func (s stamp) append(b []byte) []byte {
	for _, n := range []uint64{s.inode, uint64(s.size), uint64(s.changed)} {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	return b
}
