package tokenizer

import "strings"

// scratch is memory that pieces of text share, one goroutine at a time. It
// remembers the ids of pieces, since the same words come again and again.
type scratch struct {
	pieces, finer []piece
	symbols       []symbol
	queue         mergeQueue
	path          []step
	known         map[string]span
	ids           []int32 // of the pieces in known
}

// span is a part of scratch.ids.
type span struct{ from, to int32 }

// A piece longer than longPiece hardly comes again; with knownPieces of them
// remembered, the memory starts anew.
const (
	longPiece   = 48
	knownPieces = 1 << 15
)

// encode appends the ids of piece by m, or from memory.
func (s *scratch) encode(ids []int32, m model, piece string) []int32 {
	if piece == "" {
		return ids
	}
	if len(piece) > longPiece {
		return m.encode(ids, piece, s)
	}
	if at, ok := s.known[piece]; ok {
		return append(ids, s.ids[at.from:at.to]...)
	}
	if s.known == nil || len(s.known) == knownPieces {
		s.known, s.ids = make(map[string]span), s.ids[:0]
	}
	from := len(ids)
	ids = m.encode(ids, piece, s)
	at := span{int32(len(s.ids)), int32(len(s.ids) + len(ids) - from)}
	s.ids = append(s.ids, ids[from:]...)
	s.known[strings.Clone(piece)] = at // piece may be part of a large text
	return ids
}
