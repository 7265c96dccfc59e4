package jinja

import (
	"context"
	"unicode/utf8"
)

// The bounds of a rendering, which grow by perByte for each byte of input. A step is about
// 0.1 µs: the evaluation of a part of an expression, a look at an element, or reading stepBytes
// of a text. Bytes are the memory of all texts and lists that the rendering makes.
const (
	maxSteps   = 2_000_000
	maxBytes   = 16 << 20
	perByte    = 64 // further bytes made, and further steps, per byte of input
	stepBytes  = 16
	maxDepth   = 1000      // depth of values, expressions and macros within one another
	maxNesting = 100       // depth of brackets and tags within one another
	maxSource  = 256 << 10 // bytes
	maxName    = 1000      // bytes of a name in the source
	maxArgs    = 255       // arguments of a call, parameters of a macro
	maxRange   = 100_000   // as in Jinja's own sandbox
	scopeSteps = 10        // steps of a pass through a loop, or of a call of a macro
	itemBytes  = 32        // memory of a list's element
	entryBytes = 160       // memory of a dict's entry
	pauseSteps = 1 << 18   // steps between looks at the context
)

// budget is what a rendering may still take.
type budget struct {
	ctx             context.Context
	steps, maxSteps int // steps that are left, and steps at the beginning
	bytes, maxBytes int
	due             int // number of steps left at which the context is looked at
}

// newBudget returns the budget of a rendering whose input has so many bytes.
func newBudget(ctx context.Context, given int) budget {
	steps, bytes := maxSteps+perByte*given, maxBytes+perByte*given
	return budget{ctx, steps, steps, bytes, bytes, steps + 1}
}

// spend counts steps.
func (r *run) spend(steps int) {
	if r.steps -= steps; r.steps < r.due {
		r.pause()
	}
}

func (r *run) pause() {
	if r.steps < 0 {
		r.fail("the template takes more than %d steps: it may never end", r.maxSteps)
	}
	if err := r.ctx.Err(); err != nil {
		panic(stopped{err})
	}
	r.due = max(r.steps-pauseSteps, 0)
}

// stopped is a panic that ends a rendering whose context has ended.
type stopped struct{ error }

// grow counts bytes that are about to be made.
func (r *run) grow(bytes int) {
	if bytes > r.bytes {
		r.fail("the template makes more than %d bytes of text and lists", r.maxBytes)
	}
	r.bytes -= bytes
	r.spend(bytes / stepBytes)
}

// growTimes is grow for n times the given bytes.
func (r *run) growTimes(n, bytes int) {
	if bytes > 0 && n > r.bytes/bytes {
		n, bytes = 1, r.bytes+1
	}
	r.grow(max(n, 0) * bytes)
}

// made counts a text that was made.
func (r *run) made(text string) string {
	r.grow(len(text))
	return text
}

// read counts a text that is read.
func (r *run) read(text string) string {
	r.spend(1 + len(text)/stepBytes)
	return text
}

// count returns the number of characters.
func (r *run) count(text string) int { return utf8.RuneCountInString(r.read(text)) }

// enter counts one level of depth; leave undoes it.
func (r *run) enter() {
	if r.depth++; r.depth > maxDepth {
		r.fail("more than %d things within one another: a macro that calls itself without end?", maxDepth)
	}
	r.spend(1)
}

func (r *run) leave() { r.depth-- }
