package tokenizer

import "unicode/utf8"

// bpe encodes one piece of text by byte-pair merges (Sennrich et al. 2016, arXiv:1508.07909).
// It begins with single characters or bytes. As long as there is one, it joins the pair of
// neighbours whose merge was learned first; among equals, the leftmost.
type bpe struct {
	vocab        map[string]int32
	bytes        [256]int32 // the token of each single byte, or none
	byteLevel    bool       // begin with bytes, not characters
	unknown      int32      // the token of a character without a token; or none
	fuseUnknown  bool       // neighbouring unknown characters become one token
	ignoreMerges bool       // a piece that is itself a token becomes that token

	ranks  map[pair]int32 // the order in which merges were learned
	merged []int32        // by rank, the token that a merge makes
}

type pair struct{ left, right int32 }

// symbol is a link in the list of a piece's tokens. A symbol that was merged into its left
// neighbour has the id none.
type symbol struct {
	id         int32
	prev, next int32 // positions, or none
	at         int32 // where its character begins in the piece
}

// encode appends the ids of piece, which is well-formed UTF-8.
func (b *bpe) encode(ids []int32, piece string, s *scratch) []int32 {
	if id, ok := b.vocab[piece]; ok && b.ignoreMerges {
		return append(ids, id)
	}
	if len(piece) > partBytes {
		return b.encodeLong(ids, piece, s)
	}
	b.begin(piece, s)
	b.merge(s)
	return s.appendMerged(ids, len(s.symbols))
}

// appendMerged appends the ids of the first n symbols.
func (s *scratch) appendMerged(ids []int32, n int) []int32 {
	for _, sym := range s.symbols[:n] {
		if sym.id != none {
			ids = append(ids, sym.id)
		}
	}
	return ids
}

// begin fills s with the symbols of piece before any merge.
func (b *bpe) begin(piece string, s *scratch) {
	s.symbols = s.symbols[:0]
	wasUnknown, begins := false, 0
	add := func(id int32) {
		isUnknown := id == none
		if isUnknown {
			id = b.unknown
		}
		if id != none && !(isUnknown && wasUnknown && b.fuseUnknown) {
			at := int32(len(s.symbols))
			s.symbols = append(s.symbols, symbol{id, at - 1, at + 1, int32(begins)})
		}
		wasUnknown = isUnknown
	}
	for len(piece) > 0 {
		size := 1
		if !b.byteLevel {
			_, size = utf8.DecodeRuneInString(piece)
		}
		b.beginCharacter(piece[:size], add)
		piece = piece[size:]
		begins += size
	}
	if n := len(s.symbols); n > 0 {
		s.symbols[n-1].next = none
	}
}

// beginCharacter adds the token of one character. If it has none, it adds the tokens of its
// bytes, and if one of these is missing, the unknown token.
func (b *bpe) beginCharacter(char string, add func(id int32)) {
	if !b.byteLevel {
		if id, ok := b.vocab[char]; ok {
			add(id)
			return
		}
	}
	for i := range len(char) {
		if b.bytes[char[i]] == none {
			add(none)
			return
		}
	}
	for i := range len(char) {
		add(b.bytes[char[i]])
	}
}

func (b *bpe) merge(s *scratch) {
	if len(b.ranks) == 0 {
		return
	}
	s.queue = s.queue[:0]
	for i := range s.symbols {
		b.enqueue(s, int32(i))
	}
	for len(s.queue) > 0 {
		m := s.queue.pop()
		left := &s.symbols[m.at]
		// One of the two symbols of a queued merge may have changed meanwhile.
		rank, ok := b.rank(s, m.at)
		if !ok || b.merged[rank] != b.merged[m.rank] {
			continue
		}
		right := &s.symbols[left.next]
		left.id, right.id = b.merged[rank], none
		left.next = right.next
		if left.next != none {
			s.symbols[left.next].prev = m.at
		}
		if left.prev != none {
			b.enqueue(s, left.prev)
		}
		b.enqueue(s, m.at)
	}
}

// rank returns the rank of the merge of the symbol at a position with the next one.
func (b *bpe) rank(s *scratch, at int32) (int32, bool) {
	left := s.symbols[at]
	if left.next == none {
		return 0, false
	}
	rank, ok := b.ranks[pair{left.id, s.symbols[left.next].id}]
	return rank, ok
}

func (b *bpe) enqueue(s *scratch, at int32) {
	if rank, ok := b.rank(s, at); ok {
		s.queue.push(merge{rank, at})
	}
}

// merge is a possible merge of the symbol at a position with the next one.
type merge struct{ rank, at int32 }

func (m merge) before(other merge) bool {
	return m.rank < other.rank || m.rank == other.rank && m.at < other.at
}
