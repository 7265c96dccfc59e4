package jinja

import "unicode/utf8"

// What a rendering may take, and on top of it for each byte that it is given. A
// step is a part of an expression that is worked out, an element that is looked
// at, or stepBytes of a text that is read: about 0.1 µs. Bytes are those of all
// texts and lists that it makes.
const (
	maxSteps   = 2_000_000
	maxBytes   = 16 << 20
	perByte    = 64 // bytes made, or steps, for each that is given
	stepBytes  = 16
	maxDepth   = 1000      // of values, expressions and macros within one another
	maxNesting = 100       // of brackets and tags within one another
	maxSource  = 256 << 10 // bytes
	maxRange   = 100_000   // as in Jinja's own sandbox
	scopeSteps = 10        // of a pass through a loop, or a call of a macro
	itemBytes  = 32        // of a list's element, in memory
	entryBytes = 160       // of a dict's
)

// spend counts steps.
func (r *run) spend(steps int) {
	if r.steps -= steps; r.steps < 0 {
		r.fail("the template takes more than %d steps: it may never end", r.maxSteps)
	}
}

// grow counts bytes that are about to be made.
func (r *run) grow(bytes int) {
	if bytes > r.bytes {
		r.fail("the template makes more than %d bytes of text and lists", r.maxBytes)
	}
	r.bytes -= bytes
	r.spend(bytes / stepBytes)
}

// growTimes is grow for n times so many bytes.
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

// count is the number of characters.
func (r *run) count(text string) int { return utf8.RuneCountInString(r.read(text)) }

// enter counts depth; leave it again.
func (r *run) enter() {
	if r.depth++; r.depth > maxDepth {
		r.fail("more than %d things within one another: a macro that calls itself without end?", maxDepth)
	}
	r.spend(1)
}

func (r *run) leave() { r.depth-- }
