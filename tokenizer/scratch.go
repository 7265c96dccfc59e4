package tokenizer

import "hash/maphash"

// scratch is memory that pieces of text share, one goroutine at a time. It
// remembers the ids of pieces, since the same words come again and again.
type scratch struct {
	pieces, finer []piece
	stretches     []stretch
	symbols       []symbol
	queue         queue[merge]
	path          []step
	out           []int32 // ids of the text

	known [knownPieces]known // by hash
}

// known is a piece and its ids. It gives way to the next with its hash.
type known struct {
	piece []byte
	ids   []int32
}

// A piece longer than longPiece hardly comes again.
const (
	longPiece   = 48
	knownPieces = 1 << 14
)

var seed = maphash.MakeSeed()

// encode appends the ids of piece by m, or from memory.
func (s *scratch) encode(ids []int32, m model, piece string) []int32 {
	if piece == "" {
		return ids
	}
	if len(piece) > longPiece {
		return m.encode(ids, piece, s)
	}
	k := &s.known[maphash.String(seed, piece)%knownPieces]
	if string(k.piece) != piece {
		from := len(ids)
		ids = m.encode(ids, piece, s)
		k.piece = append(k.piece[:0], piece...)
		k.ids = append(k.ids[:0], ids[from:]...)
		return ids
	}
	return append(ids, k.ids...)
}
