package nn

// Rotary position embeddings: queries and keys are turned by an angle that grows with position.

import (
	"fmt"
	"math"

	"ranksweep/nn/kernel"
	"ranksweep/paper/number"
)

// rope holds the rotary angles of every position (Su et al. 2021). The first R channels of
// a head are rotated, in the rotate-half layout: channel j turns with channel j + R/2.
type rope struct {
	half     int       // R/2
	cos, sin []float32 // (context, R/2)
}

func newRope(arena *Arena, c Config) rope {
	half := c.rotaryDim() / 2
	r := rope{half: half, cos: arena.Floats(c.Context * half), sin: arena.Floats(c.Context * half)}
	if arena.Counting {
		return r
	}
	for j := range half {
		frequency := c.RopeScaling.scale(math.Pow(c.RopeTheta, -float64(j)/float64(half)))
		for t := range c.Context {
			s, co := math.Sincos(float64(t) * frequency)
			r.cos[t*half+j], r.sin[t*half+j] = float32(co), float32(s)
		}
	}
	return r
}

// rotation turns every head of every row of x by its position's angle, in place. Direction 1
// is forward. Direction −1 turns back, which gives the gradient, since a rotation is
// orthogonal.
type rotation struct {
	*rope
	x         heads
	starts    []int
	direction float32
}

// Do turns some rows.
func (r *rotation) Do(from, to int) {
	for s := 0; s+1 < len(r.starts); s++ {
		begin := r.starts[s]
		for i := max(from, begin); i < min(to, r.starts[s+1]); i++ {
			at := (i - begin) * r.half
			for h := range r.x.count {
				kernel.Rotate(r.x.head(i, h), r.cos[at:at+r.half], r.sin[at:at+r.half], r.direction)
			}
		}
	}
}

// RopeScaling changes the rotary frequencies of a model so that it can read beyond the
// context in which it was first trained. The zero value leaves them as they are.
type RopeScaling struct {
	Factor float64 // divisor of positions; 0 for no scaling

	// LLaMA 3.1 divides only low frequencies: fully those that turn less than LowTurns
	// times over Context tokens, not at all those that turn more than HighTurns times, and
	// partly those between. 0 treats all frequencies alike.
	LowTurns, HighTurns float64
	Context             int // the context that the frequencies were made for, in tokens
}

func (s RopeScaling) validate() error {
	switch {
	case s == RopeScaling{}:
		return nil
	case !(s.Factor > 0):
		return fmt.Errorf("nn: rope scaling factor %s: must be above 0", number.Full(s.Factor))
	case s.Context != 0 && !(0 < s.LowTurns && s.LowTurns < s.HighTurns):
		return fmt.Errorf("nn: rope scaling from %s to %s turns: must be above 0 and rise", number.Full(s.LowTurns),
			number.Full(s.HighTurns))
	}
	return nil
}

// scale returns the scaled form of a frequency, in radians per token. The rule for LLaMA
// 3.1 is that of Meta's llama-models, models/llama3/model.py.
func (s RopeScaling) scale(frequency float64) float64 {
	if s.Factor == 0 {
		return frequency
	}
	if s.Context == 0 {
		return frequency / s.Factor
	}
	turns := float64(s.Context) * frequency / (2 * math.Pi)
	plain := min(max((turns-s.LowTurns)/(s.HighTurns-s.LowTurns), 0), 1) // the part that is not divided
	return plain*frequency + (1-plain)*frequency/s.Factor
}
