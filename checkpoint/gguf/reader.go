package gguf

import (
	"encoding/binary"
	"fmt"
)

// reader takes one value after another from a file's content. After a failure
// it returns zeros.
type reader struct {
	content []byte
	at      int
	err     error
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// room reports whether count items of at least size bytes each can follow.
func (r *reader) room(count uint64, size int) bool {
	left := uint64(len(r.content) - r.at)
	if r.err == nil && count > left/uint64(size) {
		r.fail(fmt.Errorf("%d items of at least %d bytes at byte %d: only %d bytes are left", count, size, r.at, left))
	}
	return r.err == nil
}

// items takes count items of size bytes each; it returns nil after a failure.
func (r *reader) items(count uint64, size int) []byte {
	if !r.room(count, size) {
		return nil
	}
	b := r.content[r.at:][:int(count)*size]
	r.at += len(b)
	return b
}

func (r *reader) take(n uint64) []byte { return r.items(n, 1) }

func (r *reader) uint32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *reader) uint64() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (r *reader) string() string { return string(r.take(r.uint64())) }
