package data

import (
	"context"
	"fmt"
)

// piece is a part of an example that fits into the context: tokens of a tape, at least 2. Pieces
// of one example overlap by one token, which the first one predicts and the next one reads.
type piece struct {
	from, to int
	example  int32
	bytes    int32 // in its scored tokens but the first
}

// pieces are those of a corpus, in order.
type pieces struct {
	list   []piece
	tape   *tape
	shares shares // of all tokens of the pieces but their first ones, in order; for packing
	single bool   // whether there is one example
	hashed []byte // memory for hashing a piece

	last    int32 // the example whose key was worked out last, since a long one has many pieces
	lastKey *key
}

// cutAll encodes the examples and cuts them into pieces.
func cutAll(ctx context.Context, c *Corpus, e *encoder) (*pieces, Stats, error) {
	p := &pieces{tape: e.tape, single: c.Len() == 1, list: make([]piece, 0, c.Len())}
	stats := Stats{Examples: c.Len()}
	for i := range c.Len() {
		x := c.Example(i)
		from := e.tape.len
		switch err := e.encode(ctx, x); {
		case err == errNoEOS: // of every example
			return nil, stats, err
		case err != nil:
			return nil, stats, fmt.Errorf("example %d: %w", i+1, err)
		}
		p.add(e, from, int32(i), x[0].Kind != Text, &stats)
	}
	stats.Plain = e.plain
	return p, stats, nil
}

// add cuts the example that begins at a place of the tape and ends with it. If it is whole it
// must be one piece.
func (p *pieces) add(e *encoder, from int, example int32, whole bool, stats *Stats) {
	first := from
	for first < e.tape.len && !e.tape.at(first).isScored() {
		first++
	}
	if first == e.tape.len {
		e.tape.cut(from)
		stats.Dropped++
		return
	}
	if whole {
		e.shorten(from, first, stats)
	}
	left := e.shares
	left.next()
	longest := e.settings.Context
	for at := from; at+1 < e.tape.len; at += longest - 1 {
		q := piece{from: at, to: min(at+longest, e.tape.len), example: example}
		for _, t := range e.tape.slice(at+1, q.to) {
			bytes := left.next()
			if t.isScored() {
				q.bytes += int32(bytes)
			}
			if e.settings.Packing {
				p.shares.add(1, bytes)
			}
		}
		p.list = append(p.list, q)
	}
}

// shorten makes a prompt with its completions fit into the context. First it drops the prompt's
// beginning, except for a BOS, until the completion, whose place is given, begins in the middle
// of the context: the end of a prompt says most about what comes next. Then it drops the end of
// the completion.
func (e *encoder) shorten(from, completion int, stats *Stats) {
	context, length, keep := e.settings.Context, e.tape.len-from, 0
	drop := max(0, min(length-context, completion-from-context/2))
	if drop > 0 {
		stats.Shortened++
		if e.shares[0].bytes == 0 { // a BOS
			keep = 1
		}
		e.shares.drop(keep, drop)
	}
	if length-drop > context {
		stats.Truncated++
	}
	end := from + min(length-drop, context)
	for to := from + keep; drop > 0 && to < end; to++ {
		*e.tape.at(to) = *e.tape.at(to + drop)
	}
	e.tape.cut(end)
}
