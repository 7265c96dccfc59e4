package data

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
)

// piece is a part of an example that fits into the context.
type piece struct {
	tokens []symbol // at least 2
	last   bool     // whether it is the end of the example
	key    key      // equal for pieces that must be on the same side of the split
}

// cut encodes the examples and cuts them into pieces that fit into the context.
func cut(ctx context.Context, examples []Example, e *encoder) ([]piece, Stats, error) {
	longest := e.settings.Context
	stats := Stats{Examples: len(examples)}
	var pieces []piece
	for i, x := range examples {
		tokens, err := e.encode(ctx, x)
		if err == errNoEOS { // of every example
			return nil, stats, err
		}
		if err != nil {
			return nil, stats, fmt.Errorf("example %d: %w", i+1, err)
		}
		scored := slices.IndexFunc(tokens, func(t symbol) bool { return t.score })
		if scored < 0 {
			stats.Dropped++
			continue
		}
		if x[0].Kind != Text {
			tokens = shorten(tokens, scored, longest, &stats)
		}
		k := x.key()
		for from := 0; from+1 < len(tokens); from += longest - 1 {
			to := min(from+longest, len(tokens))
			pieces = append(pieces, piece{tokens[from:to], to == len(tokens), k})
		}
	}
	stats.Plain = e.plain
	if len(examples) == 1 { // a single text is split by its windows
		for i := range pieces {
			pieces[i].key = tokensKey(pieces[i].tokens)
		}
	}
	return pieces, stats, nil
}

// shorten makes a prompt with its completions fit into the context. First it drops the
// prompt's beginning, except for a BOS, until the completion begins in the middle of the
// context: the end of a prompt says most about what comes next. Then it drops the end of the
// completion.
func shorten(tokens []symbol, scored, context int, stats *Stats) []symbol {
	if drop := min(len(tokens)-context, scored-context/2); drop > 0 {
		first := 0
		if tokens[0].bytes == 0 { // a BOS
			first = 1
		}
		tokens = slices.Concat(tokens[:first], tokens[first+drop:])
		stats.Shortened++
	}
	if len(tokens) > context {
		tokens = tokens[:context]
		stats.Truncated++
	}
	return tokens
}

func tokensKey(tokens []symbol) key {
	var b []byte
	for _, t := range tokens {
		b = binary.LittleEndian.AppendUint32(b, uint32(t.id))
	}
	return sha256.Sum256(b)
}

// holdOut chooses the keys of n distinct examples: the smallest keys. The choice is as good
// as random, since keys are hashes.
func holdOut(pieces []piece, n int) (map[key]bool, error) {
	keys := make([]key, len(pieces))
	for i, p := range pieces {
		keys[i] = p.key
	}
	slices.SortFunc(keys, func(a, b key) int { return bytes.Compare(a[:], b[:]) })
	keys = slices.Compact(keys)
	if n >= len(keys) {
		return nil, fmt.Errorf("validation %d: must be below %d, the number of distinct examples in the data", n,
			len(keys))
	}
	held := make(map[key]bool, n)
	for _, k := range keys[:n] {
		held[k] = true
	}
	return held, nil
}
