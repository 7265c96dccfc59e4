package tokenizer

import "hash/maphash"

// scratch is memory for encoding pieces of text, for one goroutine at a time. It remembers the ids
// of pieces, since the same words occur again and again.
type scratch struct {
	budget
	pieces, finer []piece
	stretches     []stretch
	symbols       []symbol
	queue         queue[merge]
	path          []step
	out           []int32 // ids of the text

	known [knownPieces]known // by hash
}

// known is a piece and its ids. The next piece with the same hash replaces it.
type known struct {
	piece []byte
	ids   []int32
}

// A piece longer than longPiece rarely occurs again, and is not remembered.
const (
	longPiece   = 48
	knownPieces = 1 << 14
)

var seed = maphash.MakeSeed()

// encode appends the ids of piece, from memory or as m encodes it. Both take the same number of
// steps, so that no text's budget depends on the texts before it.
func (s *scratch) encode(ids []int32, m model, piece string) []int32 {
	if piece == "" {
		return ids
	}
	s.spend(1 + len(piece))
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
