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
	Part   Part           // the part of the model that it belongs to
	Weight blas32.General // (out, in); without data if the weights are Stored
	Stored Stored         // the weights in a form that takes less memory; nil for none
	Bias   []float32      // (out); nil for none

	packed blas32.General // (in, out), Weight transposed, of kernel.Stride; empty if it is not packed
	bf16   *halves        // Weight in bfloat16; nil unless products use it
}

// Part is the part of a model to which a linear map belongs.
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

// pack keeps a second copy of the weights by columns, the order in which Forward reads
// them.
func (l *Linear) pack() {
	stride := kernel.Stride(l.Out())
	l.packed = blas32.General{Rows: l.In(), Cols: l.Out(), Stride: stride, Data: make([]float32, l.In()*stride)}
	for i := range l.Out() {
		for j, w := range row(l.Weight, i) {
			l.packed.Data[j*l.packed.Stride+i] = w
		}
	}
}

// Changed tells the map that the values of Weight have changed.
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

// A Map replaces one linear map in a [Pass] and may train. It computes the whole map,
// frozen part included, in the cheapest form.
type Map interface {
	// Forward computes the map's output: x is (N, in), y is (N, out).
	Forward(y, x blas32.General)
	// Backward takes the last Forward's x and the gradient dy of its output. It adds the
	// gradient of x to dx, unless dx has no rows because the caller does not need it, and
	// adds the gradients of the map's own parameters to their accumulators.
	Backward(dx, dy, x blas32.General)
	// Params returns the map's trained parameters; none for a frozen map.
	Params() []Param
}
