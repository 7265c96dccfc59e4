package nn

// The function between the two halves of a feed-forward part, and its derivative.

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn/kernel"
)

// Activation is the function f of a feed-forward part, by its name.
type Activation string

// The activations. GELU is Hendrycks & Gimpel 2016, arXiv:1606.08415; GELUTanh
// is the approximation there, section 2.
const (
	SiLU     Activation = "" // x σ(x)
	GELU     Activation = "gelu"
	GELUTanh Activation = "gelu-tanh"
	ReLU     Activation = "relu"
)

var activationNames = []Activation{SiLU, GELU, GELUTanh, ReLU}

func (a Activation) validate() error {
	if !slices.Contains(activationNames, a) {
		var names []string
		for _, known := range activationNames[1:] {
			names = append(names, string(known))
		}
		return fmt.Errorf("nn: unknown activation %q: known are %s, and empty for SiLU", string(a),
			strings.Join(names, ", "))
	}
	return nil
}

// values sets y to f(x); they may be one slice.
func (a Activation) values(y, x []float32) {
	switch a {
	case GELU:
		kernel.GELU(y, x)
	case GELUTanh:
		kernel.GELUTanh(y, x)
	default:
		for i, v := range x {
			f, _ := a.value(float64(v))
			y[i] = float32(f)
		}
	}
}

// slopes sets y to f(x) and dy to f'(x). If both are one slice, it ends up with f'(x).
func (a Activation) slopes(y, dy, x []float32) {
	switch a {
	case GELU:
		kernel.GELUSlope(y, dy, x)
	case GELUTanh:
		kernel.GELUTanhSlope(y, dy, x)
	default:
		for i, v := range x {
			f, slope := a.value(float64(v))
			y[i], dy[i] = float32(f), float32(slope)
		}
	}
}

// value returns f(x) and its derivative in float64, for SiLU and ReLU.
func (a Activation) value(x float64) (f, slope float64) {
	if a == ReLU {
		if x > 0 {
			return x, 1
		}
		return 0 * x, 0 // a NaN is kept
	}
	s := sigmoid(x)
	return x * s, s * (1 + x*(1-s))
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// feed holds the outputs of the maps of gate and up, or their gradients.
type feed struct {
	outputs  []blas32.General // of the maps, in order
	gate, up blas32.General   // (N, F) views of outputs; gate is empty without a gate
}

func newFeed(arena *Arena, c Config, tokens int) feed {
	_, _, in := c.widths()
	switch {
	case c.Ungated:
		up := arena.Matrix(tokens, in)
		return feed{outputs: []blas32.General{up}, up: up}
	case c.FusedGateUp:
		all := arena.Matrix(tokens, in)
		if arena.Counting {
			return feed{outputs: []blas32.General{all}} // no data to view
		}
		return feed{[]blas32.General{all}, view(all, 0, 0, tokens, c.Hidden), view(all, 0, c.Hidden, tokens, c.Hidden)}
	}
	gate, up := arena.Matrix(tokens, c.Hidden), arena.Matrix(tokens, c.Hidden)
	return feed{[]blas32.General{gate, up}, gate, up}
}

// activationForward computes act = f(gate) ∘ up, or f(up) without a gate, in the rows of act,
// (N, F).
type activationForward struct {
	Activation
	act blas32.General
	in  *feed
}

// Do computes some rows.
func (a *activationForward) Do(from, to int) {
	in := a.in
	for i := from; i < to; i++ {
		y, up := row(a.act, i), row(in.up, i)
		switch {
		case in.gate.Rows == 0:
			a.values(y, up)
		case a.Activation == SiLU:
			kernel.SwiGLU(y, row(in.gate, i), up)
		default:
			a.values(y, row(in.gate, i))
			kernel.Times(y, up)
		}
	}
}

// activationBackward computes the gradients of act = f(gate) ∘ up:
//
//	dgate = dact ∘ up ∘ f'(gate),  dup = dact ∘ f(gate)
//
// or of act = f(up): dup = dact ∘ f'(up). It may overwrite dact.
type activationBackward struct {
	Activation
	d    *feed
	dact blas32.General
	in   *feed
}

// Do computes some rows.
func (a *activationBackward) Do(from, to int) {
	d, in := a.d, a.in
	for i := from; i < to; i++ {
		dy, dup, up := row(a.dact, i), row(d.up, i), row(in.up, i)
		switch {
		case in.gate.Rows == 0:
			copy(dup, dy)
			a.slopes(dy, dy, up)
			kernel.Times(dup, dy)
		case a.Activation == SiLU:
			kernel.SwiGLUBackward(row(d.gate, i), dup, dy, row(in.gate, i), up)
		default:
			dgate := row(d.gate, i)
			a.slopes(dup, dgate, row(in.gate, i))
			kernel.Times(dgate, up)
			kernel.Times(dgate, dy)
			kernel.Times(dup, dy)
		}
	}
}
