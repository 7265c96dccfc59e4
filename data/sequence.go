package data

import "ranksweep/nn"

// Sequence holds the tokens that a model reads, and those that it must predict.
type Sequence struct {
	// tokens are read, but for those that are unread and the last one. Each that is scored must
	// be predicted by the one that was read before it; the first one is not.
	tokens []entry

	// Bytes is the number of UTF-8 bytes in the scored targets. So bits per byte are the
	// sum of their losses in nats, divided by Bytes·ln 2. BOS and EOS count no bytes,
	// although EOS is scored. If a text lies in several sequences, its bytes are shared
	// out evenly by token.
	Bytes int
}

// appendSequence appends the sequence of some tokens up to the last scored one, since those that
// come after it change nothing. Without a scored token there is none.
func appendSequence(list []Sequence, tokens []entry, bytes int) []Sequence {
	last := len(tokens) - 1
	for last > 0 && !tokens[last].isScored() {
		last--
	}
	if last <= 0 {
		return list
	}
	return append(list, Sequence{tokens[:last+1], bytes})
}

// Bytes returns the number of bytes in the scored targets of sequences.
func Bytes(sequences []Sequence) (n int) {
	for _, s := range sequences {
		n += s.Bytes
	}
	return n
}

// Len returns the number of tokens that are read.
func (q Sequence) Len() int {
	n := len(q.tokens) - 1
	for _, t := range q.tokens[:n] {
		if t&unread != 0 {
			n--
		}
	}
	return n
}

// AppendTo adds the sequence to a batch.
func (q Sequence) AppendTo(b *nn.Batch) {
	if len(b.Starts) == 0 {
		b.Starts = append(b.Starts, 0)
	}
	for i, t := range q.tokens {
		if i > 0 && t.isScored() {
			b.Targets[len(b.Targets)-1] = t.id()
		}
		if i+1 < len(q.tokens) && t&unread == 0 {
			b.Tokens, b.Targets = append(b.Tokens, t.id()), append(b.Targets, nn.Unscored)
		}
	}
	b.Starts = append(b.Starts, len(b.Tokens))
}
