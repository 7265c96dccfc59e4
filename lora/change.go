package lora

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
	"ranksweep/nn/kernel"
)

// change measures W′ − W, which training has added to a map's weights. All maps of a run
// share its memory and use it in turn.
type change struct {
	matrix []float32 // (out, in) of the largest map
	wide   []float32 // (probeBlock, widest input or output)
}

func newChange(arena *nn.Arena, targets []*nn.Linear) *change {
	largest, widest := 0, 0
	for _, l := range targets {
		largest, widest = max(largest, l.Out()*l.In()), max(widest, l.Out(), l.In())
	}
	return &change{matrix: arena.Floats(largest), wide: arena.Floats(probeBlock * widest)}
}

// shaped returns a matrix of the shape of l's weights, in the shared memory.
func (c *change) shaped(l *nn.Linear) blas32.General {
	out, in := l.Out(), l.In()
	return blas32.General{Rows: out, Cols: in, Stride: in, Data: c.matrix[:out*in]}
}

// of returns W′ − W of t, in the shared memory.
func (c *change) of(t Trainable) blas32.General {
	delta := c.shaped(t.Frozen())
	t.Delta(delta)
	return delta
}

// measure multiplies x by W′ − W of t or by its transpose, a block of rows at a time. It
// adds the products to y, unless y has no rows, and their entries to seen.
func (c *change) measure(t Trainable, seen *nn.Squares, y, x blas32.General, transposed blas.Transpose) {
	delta := c.of(t)
	cols := delta.Cols
	if transposed == blas.Trans {
		cols = delta.Rows
	}
	for at := 0; at < x.Rows; at += probeBlock {
		n := min(probeBlock, x.Rows-at)
		z := blas32.General{Rows: n, Cols: cols, Stride: cols, Data: c.wide[:n*cols]}
		blas32.Gemm(blas.NoTrans, transposed, 1, rows(x, at, n), delta, 0, z)
		seen.Add(z.Data)
		if y.Rows > 0 {
			kernel.Add(rows(y, at, n).Data, z.Data)
		}
	}
}
