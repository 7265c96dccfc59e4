package nn

// Linear: a frozen linear map, and the products with it in both directions.

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn/kernel"
)

// Linear is a frozen linear map y = x Wᵀ + b.
type Linear struct {
	Name   string         // its checkpoint name without ".weight"
	Part   Part           // of the model that it belongs to
	Weight blas32.General // (out, in); without data where the weights are Stored
	Stored Stored         // the weights in a form that takes less memory; nil for none
	Bias   []float32      // (out); nil for none

	packed blas32.General // (in, out), Weight transposed; empty where it is not packed
	bf16   *halves        // Weight in bfloat16, where products take it so
}

// Part is where a linear map stands.
type Part uint8

// The parts of a model.
const (
	Output    Part = iota // the head
	Attention             // of a block
	MLP                   // the feed-forward part of a block
)

// In returns the width of the map's input.
func (l *Linear) In() int { return l.Weight.Cols }

// Out returns the width of the map's output.
func (l *Linear) Out() int { return l.Weight.Rows }

// pack keeps the weights by columns too, as Forward reads them.
func (l *Linear) pack() {
	l.packed = NewMatrix(l.In(), l.Out())
	for i := range l.Out() {
		for j, w := range row(l.Weight, i) {
			l.packed.Data[j*l.packed.Stride+i] = w
		}
	}
}

// Changed tells that Weight has other values than before.
func (l *Linear) Changed() { l.packed, l.bf16 = blas32.General{}, nil }

// Forward computes y = x Wᵀ + b; x is (N, in), y is (N, out).
func (l *Linear) Forward(y, x blas32.General) {
	switch {
	case l.Stored != nil:
		l.storedForward(y, x)
	case l.bf16 != nil:
		l.bf16.forward.Multiply(y, x, false)
	case l.packed.Rows > 0:
		blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, x, l.packed, 0, y)
	default:
		blas32.Gemm(blas.NoTrans, blas.Trans, 1, x, l.Weight, 0, y)
	}
	if l.Bias != nil {
		for i := range y.Rows {
			kernel.Add(row(y, i), l.Bias)
		}
	}
}

// Backward adds the gradient of the input of y = x Wᵀ + b: dx += dy W;
// dy is (N, out), dx is (N, in).
func (l *Linear) Backward(dx, dy blas32.General) {
	switch {
	case l.Stored != nil:
		l.storedBackward(dx, dy)
	case l.bf16 != nil:
		l.bf16.backward.Multiply(dx, dy, true)
	default:
		blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, dy, l.Weight, 1, dx)
	}
}

// A Map stands in for one linear map in a [Pass] and may train: it computes
// the whole of it, frozen part included, in whatever form is cheapest.
type Map interface {
	// Forward computes the map's output: x is (N, in), y is (N, out).
	Forward(y, x blas32.General)
	// Backward is given the values of the last Forward's x and the gradient dy of its
	// output. It adds the gradient of x to dx, or leaves it out where dx has
	// no rows because nobody asks for it, and adds the gradients of the
	// map's own parameters to their accumulators.
	Backward(dx, dy, x blas32.General)
	// Params returns what the map trains; none for a frozen one.
	Params() []Param
}
