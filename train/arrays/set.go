package arrays

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/nlpodyssey/safetensors"

	"ranksweep/wholefile"
)

// Set is the arrays of one file, by name. Each is made only when it is written, so that memory
// holds one of them at a time.
type Set map[string]Array

// Write writes a file, whole or not at all, with the arrays and with texts by name.
func (s Set) Write(path string, texts map[string]string) error {
	return wholefile.Write(path, func(w io.Writer) error { return s.WriteTo(w, texts) })
}

// WriteTo writes the content of such a file.
func (s Set) WriteTo(w io.Writer, texts map[string]string) error {
	return safetensors.SerializeToWriter(s, texts, w)
}

// Sum returns the SHA-256 of a text and of the names, forms and bytes of all arrays, in
// hexadecimal digits.
func (s Set) Sum(text string) string {
	h := sha256.New()
	part := func(b []byte) {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(b)))) // so that parts cannot run into each other
		h.Write(b)
	}
	part([]byte(text))
	for _, name := range slices.Sorted(maps.Keys(s)) {
		a := s[name]
		part(fmt.Appendf(nil, "%s %s %v", name, a.dtype, a.shape))
		part(a.Data())
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}
