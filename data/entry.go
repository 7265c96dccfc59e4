package data

import "slices"

// entry is a token of an example, with marks.
type entry uint32

const (
	scored entry = 1 << 31 // its prediction counts in the loss
	unread entry = 1 << 30 // it is predicted, but not read: another token follows in its place
	marks        = scored | unread
)

func (t entry) id() int32 { return int32(t &^ marks) }

func (t entry) isScored() bool { return t&scored != 0 }

// tape is a long list of tokens. It lies in blocks, so that it grows without being copied.
type tape struct {
	blocks []block
	len    int
	block  int // most tokens of a block
}

type block struct {
	begin  int // place on the tape
	tokens []entry
}

// The least and the usual size of a block. A row that would lie in two blocks is copied, so that
// blocks are much longer than rows.
const (
	smallBlock = 1 << 10
	rowsABlock = 32
)

func newTape(row int) *tape { return &tape{block: max(smallBlock, rowsABlock*row)} }

func (t *tape) append(list ...entry) {
	for len(list) > 0 {
		last := len(t.blocks) - 1
		if last < 0 || len(t.blocks[last].tokens) == cap(t.blocks[last].tokens) {
			// A part of what there is bounds the room that is left over.
			size := max(smallBlock, min(t.len/32, t.block))
			t.blocks = append(t.blocks, block{t.len, make([]entry, 0, size)})
			continue
		}
		b := &t.blocks[last]
		n := min(len(list), cap(b.tokens)-len(b.tokens))
		b.tokens = append(b.tokens, list[:n]...)
		t.len += n
		list = list[n:]
	}
}

// find returns the block that holds a place.
func (t *tape) find(place int) *block {
	i, found := slices.BinarySearchFunc(t.blocks, place, func(b block, place int) int { return b.begin - place })
	if !found {
		i--
	}
	return &t.blocks[i]
}

func (t *tape) at(place int) *entry {
	b := t.find(place)
	return &b.tokens[place-b.begin]
}

// slice returns the tokens from one place up to another. It is part of the tape's memory where
// they lie in one block.
func (t *tape) slice(from, to int) []entry {
	b := t.find(from)
	if part := b.tokens[from-b.begin:]; len(part) >= to-from {
		return part[: to-from : to-from]
	}
	whole := make([]entry, 0, to-from)
	for from < to {
		b := t.find(from)
		part := b.tokens[from-b.begin:]
		part = part[:min(len(part), to-from)]
		whole = append(whole, part...)
		from += len(part)
	}
	return whole
}

// cut takes the tokens from a place on away.
func (t *tape) cut(place int) {
	for last := len(t.blocks) - 1; last >= 0 && t.blocks[last].begin >= place; last-- {
		t.blocks = t.blocks[:last]
	}
	if last := len(t.blocks) - 1; last >= 0 {
		b := &t.blocks[last]
		b.tokens = b.tokens[:place-b.begin]
	}
	t.len = place
}

// forget gives back the memory of blocks that end before a place. Their tokens must not be
// looked at any more.
func (t *tape) forget(place int) {
	for len(t.blocks) > 1 && t.blocks[1].begin <= place {
		t.blocks = t.blocks[1:]
	}
}
