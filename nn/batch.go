package nn

// Batch: token sequences laid end to end, with the token that each position should predict.

// Unscored marks a position whose next token does not count in the loss.
const Unscored = -1

// Batch is a set of token sequences laid end to end. Attention and positions
// never cross from one to the next, so sequences of different lengths need no
// padding.
type Batch struct {
	Tokens  []int32 // (N)
	Targets []int32 // (N) the token to predict after Tokens[i], or Unscored
	Starts  []int   // sequence s is Tokens[Starts[s]:Starts[s+1]]; Starts[0] is 0
}

// NewBatch returns an empty batch with room for the given number of tokens.
func NewBatch(arena *Arena, tokens int) Batch {
	return Batch{Tokens: Make[int32](arena, tokens)[:0], Targets: Make[int32](arena, tokens)[:0]}
}

// Sequences returns the number of sequences in the batch.
func (b *Batch) Sequences() int { return max(0, len(b.Starts)-1) }

// Scored returns the number of positions that count in the loss.
func (b *Batch) Scored() int {
	n := 0
	for _, t := range b.Targets {
		if t != Unscored {
			n++
		}
	}
	return n
}

// Reset empties the batch and keeps its memory.
func (b *Batch) Reset() {
	b.Tokens, b.Targets, b.Starts = b.Tokens[:0], b.Targets[:0], append(b.Starts[:0], 0)
}

// Append adds one sequence; targets is as long as tokens. A zero Batch is
// empty and may be appended to.
func (b *Batch) Append(tokens, targets []int32) {
	if len(b.Starts) == 0 {
		b.Starts = append(b.Starts, 0)
	}
	b.Tokens = append(b.Tokens, tokens...)
	b.Targets = append(b.Targets, targets...)
	b.Starts = append(b.Starts, len(b.Tokens))
}
