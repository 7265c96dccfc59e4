package nn

// What of a pass is shared with cores that have nothing else to do: work on rows, or on heads, that do not depend on
// each other. Products are shared by package kernel.

import (
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn/kernel"
)

// shared holds the work that a pass shares, so that nothing is allocated for it. Of each kind one is under way at a
// time.
type shared struct {
	sum                addition
	normForward        normForward
	normBackward       normBackward
	activationForward  activationForward
	activationBackward activationBackward
	rotation           rotation
	attentionForward   attentionForward
	attentionBackward  attentionBackward
	losses             losses
	zeros              zeros
}

// leastShared is the smallest number of elements that are worth handing to another core. Tests lower it, so that they
// share what is small.
var leastShared = 1 << 14

// rowsOf returns how many rows of so many columns are worth handing to another core.
func rowsOf(cols int) int { return (leastShared + cols - 1) / cols }

// ClearGradients sets the gradients of params to zero, which Gradient adds to.
func (p *Pass) ClearGradients(params []Param) {
	p.shared.zeros = params
	entries := 0
	for i := range params {
		entries += len(params[i].Grad)
	}
	kernel.Share(&p.shared.zeros, len(params), 1+len(params)*4*leastShared/(1+entries))
}

// zeros clears gradients, by parameter.
type zeros []Param

// Do clears some gradients.
func (z *zeros) Do(from, to int) {
	for i := from; i < to; i++ {
		clear((*z)[i].Grad)
	}
}

// addition adds one matrix to another, by rows.
type addition struct{ to, x blas32.General }

// Do adds some rows.
func (a *addition) Do(from, to int) {
	for i := from; i < to; i++ {
		kernel.Add(row(a.to, i), row(a.x, i))
	}
}
