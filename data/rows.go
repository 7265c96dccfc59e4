package data

import (
	"slices"

	"ranksweep/nn"
)

// rows lays pieces out as sequences.
type rows struct {
	settings Settings
	open     Sequence // the sequence to which the next position is appended
	closed   []Sequence
}

// add appends the positions of p. If another example follows in the row, the last token of
// an example is read too, but it predicts nothing.
func (r *rows) add(p piece) {
	n := len(p.tokens) - 1
	for i, next := range p.tokens[1:] {
		r.position(p.tokens[i], next)
	}
	if p.last {
		r.position(p.tokens[n], symbol{})
	}
	if !r.settings.Packing {
		r.close()
	}
}

func (r *rows) position(t, next symbol) {
	target := int32(nn.Unscored)
	if next.score {
		target = next.id
		r.open.Bytes += int(next.bytes)
	}
	r.open.Tokens = append(r.open.Tokens, t.id)
	r.open.Targets = append(r.open.Targets, target)
	if len(r.open.Tokens) == r.settings.Context {
		r.close()
	}
}

// close ends a sequence. It leaves out the positions after the last scored one, which change
// nothing.
func (r *rows) close() {
	n := len(r.open.Targets)
	for n > 0 && r.open.Targets[n-1] == nn.Unscored {
		n--
	}
	if n > 0 {
		r.closed = append(r.closed, Sequence{
			Tokens:  slices.Clone(r.open.Tokens[:n]),
			Targets: slices.Clone(r.open.Targets[:n]),
			Bytes:   r.open.Bytes,
		})
	}
	r.open = Sequence{Tokens: r.open.Tokens[:0], Targets: r.open.Targets[:0]}
}
