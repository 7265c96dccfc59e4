package tokenizer

import (
	"errors"
	"fmt"

	"ranksweep/paper/number"
)

// newBPE compiles a BPE model with the given vocabulary, which is spelt in the byte alphabet if
// byteLevel is set.
func newBPE(j *modelJSON, vocab map[string]int32, byteLevel bool) (*bpe, error) {
	if j.Dropout != nil && *j.Dropout != 0 {
		return nil, fmt.Errorf("dropout %s: must be null, random merges are not supported", number.Full(*j.Dropout))
	}
	if j.Prefix != "" || j.Suffix != "" {
		return nil, errors.New("continuing_subword_prefix and end_of_word_suffix must be empty")
	}
	b := &bpe{
		vocab:        vocab,
		byteLevel:    byteLevel,
		unknown:      none,
		fuseUnknown:  j.FuseUnknown,
		ignoreMerges: j.IgnoreMerges,
	}
	if j.Unknown != nil {
		id, ok := vocab[*j.Unknown]
		if !ok {
			return nil, fmt.Errorf("unk_token %q: the vocabulary has no such token", *j.Unknown)
		}
		b.unknown = id
	}
	if byteLevel {
		b.vocab = make(map[string]int32, len(vocab))
		for token, id := range vocab {
			if text, ok := appendSpelled(nil, token); ok {
				b.vocab[string(text)] = id
			}
		}
	}
	b.setBytes(j.ByteFallback)
	return b, b.setMerges(j.Merges, vocab)
}

// setBytes finds the tokens of single bytes.
func (b *bpe) setBytes(fallback bool) {
	for i := range b.bytes {
		b.bytes[i] = none
		spelling := byteToken(byte(i))
		if b.byteLevel {
			spelling = string([]byte{byte(i)})
		}
		if id, ok := b.vocab[spelling]; ok && (b.byteLevel || fallback) {
			b.bytes[i] = id
		}
	}
}

// setMerges compiles merges, given as texts in the order in which they were learned; vocab has
// the tokens in the spelling of the file.
func (b *bpe) setMerges(merges []mergeText, vocab map[string]int32) error {
	b.ranks = make(map[pair]int32, len(merges))
	b.merged = make([]int32, len(merges))
	for rank, m := range merges {
		var ids [3]int32
		for i, token := range []string{m[0], m[1], m[0] + m[1]} {
			id, ok := vocab[token]
			if !ok {
				return fmt.Errorf("merge %d, %q and %q: the vocabulary has no %q", rank, m[0], m[1], token)
			}
			ids[i] = id
		}
		b.ranks[pair{ids[0], ids[1]}] = int32(rank)
		b.merged[rank] = ids[2]
	}
	return nil
}
