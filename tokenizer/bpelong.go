package tokenizer

import "unicode/utf8"

// A long piece is encoded in parts, since a symbol takes many times the memory of its byte. Each
// part overlaps the next one.
const (
	partBytes    = 1 << 13
	overlapBytes = 1 << 9
)

// encodeLong is encode of a long piece. The result is that of encoding it at once, for this
// reason. Within a token no merge depends on what is outside of it; so two tokens x and y side by
// side are what the text of both alone becomes. Let a text become A, which ends with x, and
// another become B, which begins with y. Then both texts together become A and B: the first merge
// across their border, if there were one, would merge within the texts of x and y, and in these
// alone too. Hence the tokens of a part hold up to any place at which the next part, which begins
// there, begins with the same token as this one had there.
func (b *bpe) encodeLong(ids []int32, piece string, s *scratch) []int32 {
	from, at, size := 0, 0, partBytes // s.kept are the ids from from to at
	s.kept = s.kept[:0]
	expected := int32(none)
	for {
		part := piece[at:]
		if size < len(part) {
			part = part[:b.border(part, size)]
		}
		s.spend(len(part))
		b.begin(part, s)
		b.merge(s)
		if at > from && !s.beginsWith(expected) {
			at, size, s.kept = from, 2*size, s.kept[:0]
			continue
		}
		ids = s.flush(append(ids, s.kept...), manyIDs)
		s.kept = s.kept[:0]
		if at+len(part) == len(piece) {
			return s.appendMerged(ids, len(s.symbols))
		}
		from = at
		cut := s.cut(len(part) - overlapBytes)
		if cut == 0 {
			size *= 2
			continue
		}
		s.kept = s.appendMerged(s.kept, cut)
		at, size, expected = at+int(s.symbols[cut].at), partBytes, s.symbols[cut].id
	}
}

// border returns the greatest place up to size at which a character begins.
func (b *bpe) border(text string, size int) int {
	for !b.byteLevel && !utf8.RuneStart(text[size]) {
		size--
	}
	return size
}

// beginsWith reports whether the first symbol has a given id.
func (s *scratch) beginsWith(id int32) bool { return len(s.symbols) > 0 && s.symbols[0].id == id }

// cut returns the last symbol that begins a token and a character up to a place; 0 for none.
func (s *scratch) cut(place int) int {
	i := len(s.symbols) - 1
	for ; i > 0; i-- {
		sym := s.symbols[i]
		if int(sym.at) <= place && sym.id != none && s.symbols[i-1].at != sym.at {
			break
		}
	}
	return max(i, 0)
}
