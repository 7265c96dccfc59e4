package lora

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
)

// addend is the matrix D that a method adds to the frozen weights of one map, W′ = W + D. It is a
// function of few parameters.
type addend interface {
	// params returns the arrays that train.
	params() []nn.Param

	// add adds D to dst, (out, in).
	add(dst blas32.General)

	// backward adds to the gradients of the parameters. dW, (out, in), is the gradient of W′, which
	// it may overwrite.
	backward(dW blas32.General)
}

// attachAddends makes a map for every target of c, each with the addend that make returns for it.
func attachAddends(arena *nn.Arena, m *nn.Model, c Config,
	make func(l *nn.Linear, shared *workspace) (addend, error)) (*Set, error) {
	targets, err := c.targets(m)
	if err != nil {
		return nil, err
	}
	s, shared := new(Set), newWorkspace(arena, targets)
	for _, l := range targets {
		if l.BF16() {
			return nil, fmt.Errorf("lora: %s has weights in bfloat16: the method makes them anew in float32, "+
				"which takes a model in float32", l.Name)
		}
		d, err := make(l, shared)
		if err != nil {
			return nil, err
		}
		s.Trainables = append(s.Trainables, newSumMap(arena, l, d, shared))
	}
	return s, nil
}

// workspace is memory that the maps of a run share and use in turn: three matrices, each as large
// as the largest map.
type workspace struct {
	*change
	first, second []float32
}

func newWorkspace(arena *nn.Arena, targets []*nn.Linear) *workspace {
	w := &workspace{change: newChange(arena, targets)}
	largest := 0
	for _, l := range targets {
		largest = max(largest, l.Out()*l.In())
	}
	w.first, w.second = arena.Floats(largest), arena.Floats(largest)
	return w
}

// one returns a matrix of the shape of l's weights. It holds dW while an addend computes its
// gradients.
func (w *workspace) one(l *nn.Linear) blas32.General { return shaped(w.first, l.Out(), l.In()) }

// other returns another such matrix.
func (w *workspace) other(l *nn.Linear) blas32.General { return shaped(w.second, l.Out(), l.In()) }

// shaped returns the first entries of data as a matrix.
func shaped(data []float32, rows, cols int) blas32.General {
	return blas32.General{Rows: rows, Cols: cols, Stride: cols, Data: data[:min(len(data), rows*cols)]}
}

// array is a parameter that can be taken as a matrix.
type array struct{ nn.Param }

// newArray makes a parameter of l, all zeros. name is what follows the map's name.
func newArray(arena *nn.Arena, l *nn.Linear, name string, role nn.Role, rows, cols int) array {
	return array{nn.Param{
		Name: l.Name + name, Module: l.Name, Role: role, Rows: rows, Cols: cols,
		Value: arena.Floats(rows * cols), Grad: arena.Floats(rows * cols), Decay: true,
	}}
}

func (a array) value() blas32.General { return shaped(a.Value, a.Rows, a.Cols) }

func (a array) grad() blas32.General { return shaped(a.Grad, a.Rows, a.Cols) }

// rows draws the entries from ±1/√fanIn, as PyTorch's kaiming_uniform with a = √5 does. Its rows,
// whose number is the rank, are drawn one after the other, so that a smaller rank has the first ones
// of a larger rank, unless i.Fresh is set.
func (a array) rows(i Init, fanIn int, seed uint64, purpose string) {
	uniform(a.Value, 1/math.Sqrt(float64(fanIn)), i.stream(a.Rows, seed, a.Module, purpose))
}

// columns is rows with rows and columns exchanged.
func (a array) columns(i Init, fanIn int, seed uint64, purpose string) {
	columns := make([]float32, len(a.Value))
	uniform(columns, 1/math.Sqrt(float64(fanIn)), i.stream(a.Cols, seed, a.Module, purpose))
	fromColumns(a.Value, columns, a.Cols)
}
