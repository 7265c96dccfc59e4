package tokenizer

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// charsmap is SentencePiece's table of replacements: a double-array trie (Darts-clone,
// https://github.com/s-yata/darts-clone) whose values are positions in a list of texts that
// end in NUL.
type charsmap struct {
	units []uint32
	texts string
}

// newCharsmap reads the trie's length in bytes as a little-endian uint32, the
// trie, and the texts.
func newCharsmap(blob []byte) (*charsmap, error) {
	if len(blob) < 4 {
		return nil, errors.New("is cut off")
	}
	size := binary.LittleEndian.Uint32(blob)
	blob = blob[4:]
	if size == 0 || size%4 != 0 || uint64(size) > uint64(len(blob)) {
		return nil, fmt.Errorf("%d bytes of trie: must be a multiple of 4 from 4 to the %d that follow", size,
			len(blob))
	}
	m := &charsmap{units: make([]uint32, size/4), texts: string(blob[size:])}
	for i := range m.units {
		m.units[i] = binary.LittleEndian.Uint32(blob[4*i:])
	}
	if !utf8.ValidString(m.texts) {
		return nil, errors.New("texts are not UTF-8")
	}
	return m, nil
}

// unitOffset returns the beginning of a unit's children, relative to the unit.
func unitOffset(unit uint32) uint32 { return unit >> 10 << (unit & (1 << 9) >> 6) }

// find returns the replacement of the shortest prefix of text that has one. It checks that
// positions in the trie stay within it.
func (m *charsmap) find(text string) (string, bool) {
	node := unitOffset(m.units[0])
	for i := range len(text) {
		c := uint32(text[i])
		if node ^= c; c == 0 || int(node) >= len(m.units) {
			return "", false
		}
		unit := m.units[node]
		if unit&(1<<31|0xff) != c {
			return "", false
		}
		node ^= unitOffset(unit)
		if unit>>8&1 == 0 {
			continue
		}
		if int(node) >= len(m.units) {
			return "", false
		}
		at := int(m.units[node] & (1<<31 - 1))
		if at > len(m.texts) {
			return "", false
		}
		replacement, _, _ := strings.Cut(m.texts[at:], "\x00")
		return wellFormed(replacement), true
	}
	return "", false
}

// longGrapheme is the smallest length in bytes at which a grapheme is not replaced as a whole.
// Hugging Face has this limit (tokenizers/src/normalizers/precompiled.rs). As there, a shorter
// grapheme is replaced as a whole even if only a prefix of it has a replacement.
const longGrapheme = 6

func (m *charsmap) normalize(b *budget, text string) string {
	var out strings.Builder
	write := func(text string) {
		b.room(out.Len() + len(text))
		out.WriteString(text)
	}
	all := graphemes.FromString(text)
	for all.Next() {
		cluster := all.Value()
		if len(cluster) < longGrapheme {
			if replacement, ok := m.find(cluster); ok {
				write(replacement)
				continue
			}
		}
		for _, r := range cluster {
			if replacement, ok := m.find(string(r)); ok {
				write(replacement)
			} else {
				out.WriteRune(r)
			}
		}
	}
	return b.made(out.String())
}
