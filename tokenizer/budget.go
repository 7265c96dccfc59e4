package tokenizer

import (
	"context"
	"fmt"
)

// The bounds of what a tokenizer does with one text. They count, and use no clock, so that no
// result depends on how fast the machine is. A step takes about 5 ns: a look at a character, an
// attempt to match, or a byte that is made. TestHonestTexts measures what tokenizers take: 4 to 11
// steps for a byte, 91 with every kind of split in a row, and never more than a token.
const (
	baseSteps     = 10_000_000 // Oniguruma's own limit for one match
	stepsPerByte  = 1000
	baseBytes     = 64 << 10
	bytesPerByte  = 16 // NFKD makes 11 of one
	baseTokens    = 256
	tokensPerByte = 16
	pauseSteps    = 1 << 20 // steps between looks at the context
)

// budget is what may still be done with a text. Spending too much panics with an exceeded, which
// caught turns into an error.
type budget struct {
	ctx   context.Context
	doing string // the component at work, for errors
	size  int    // bytes of the text
	steps int    // steps that are left
	due   int    // number of steps left at which the context is looked at
}

func newBudget(ctx context.Context, size int) budget {
	steps := baseSteps + stepsPerByte*size
	return budget{ctx: ctx, size: size, steps: steps, due: steps + 1}
}

// spend counts steps.
func (b *budget) spend(steps int) {
	if b.steps -= steps; b.steps < b.due {
		b.pause()
	}
}

func (b *budget) pause() {
	if b.steps < 0 {
		b.fail("takes more than %d steps", baseSteps+stepsPerByte*b.size)
	}
	if err := b.ctx.Err(); err != nil {
		panic(exceeded{err})
	}
	b.due = max(b.steps-pauseSteps, 0)
}

// room checks the size of a text that is about to be made.
func (b *budget) room(bytes int) {
	if most := baseBytes + bytesPerByte*b.size; bytes > most {
		b.fail("makes a text of more than %d bytes", most)
	}
}

// made counts a text that was made.
func (b *budget) made(text string) string {
	b.room(len(text))
	b.spend(len(text))
	return text
}

// limit checks a number of tokens.
func (b *budget) limit(tokens int) {
	if most := baseTokens + tokensPerByte*b.size; tokens > most {
		b.fail("makes more than %d tokens", most)
	}
}

func (b *budget) fail(format string, args ...any) {
	panic(exceeded{fmt.Errorf("%s: %s for a text of %d bytes: the tokenizer may be broken or hostile: "+
		"use another, or shorter texts", b.doing, fmt.Sprintf(format, args...), b.size)})
}

// exceeded is why the work on a text ended early.
type exceeded struct{ error }

func (e exceeded) Unwrap() error { return e.error }

// caught turns a panic with an exceeded into an error; any other panic goes on.
func caught(err *error) {
	switch r := recover().(type) {
	case nil:
	case exceeded:
		*err = r.error
	default:
		panic(r)
	}
}
