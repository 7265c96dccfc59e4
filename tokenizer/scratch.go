package tokenizer

import (
	"context"
	"hash/maphash"
)

// scratch is memory for encoding pieces of text, for one goroutine at a time. It remembers the ids
// of pieces, since the same words occur again and again.
type scratch struct {
	budget
	whole   [1]piece // what the pre-tokenizers begin with
	lists   []*list  // lists of pieces, by the pre-tokenizer that makes them
	symbols []symbol
	queue   queue[merge]
	path    []step
	kept    []int32
	out     []int32 // ids of the text that were not yielded yet
	yielded int     // number of ids that were
	yield   func(ids []int32)

	known [knownPieces]known // by hash
}

// As many ids and pieces as are gathered before they are passed on.
const (
	manyIDs    = 1 << 12
	manyPieces = 1 << 10
)

// start prepares to encode a text.
func (s *scratch) start(ctx context.Context, text string, yield func(ids []int32)) {
	s.budget, s.yield, s.yielded = newBudget(ctx, len(text)), yield, 0
}

// list returns an empty list for the pieces that a pre-tokenizer makes.
func (s *scratch) list(i int) *list {
	for len(s.lists) <= i {
		s.lists = append(s.lists, new(list))
	}
	s.lists[i].pieces = s.lists[i].pieces[:0]
	return s.lists[i]
}

// flush yields ids if there are more than most of them, and returns those that are left.
func (s *scratch) flush(ids []int32, most int) []int32 {
	if len(ids) <= most { // small enough to be inlined, since most calls end here
		return ids
	}
	return s.passOn(ids)
}

func (s *scratch) passOn(ids []int32) []int32 {
	s.limit(s.yielded + len(ids))
	s.yield(ids)
	s.yielded += len(ids)
	s.out = ids[:0]
	return s.out
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
