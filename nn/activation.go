package nn

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
		return fmt.Errorf("nn: unknown activation %q: known are %s, and empty for SiLU", string(a), strings.Join(names, ", "))
	}
	return nil
}

// value returns f(x) and its derivative, in float64.
func (a Activation) value(x float64) (f, slope float64) {
	switch a {
	case GELU:
		density := math.Exp(-x*x/2) / math.Sqrt(2*math.Pi)
		below := math.Erfc(-x/math.Sqrt2) / 2
		return x * below, below + x*density
	case GELUTanh:
		const cubic = 0.044715
		k := 2 * math.Sqrt(2/math.Pi)
		s := sigmoid(k * (x + cubic*x*x*x)) // ½(1 + tanh(z/2)) = σ(z)
		return x * s, s + x*s*(1-s)*k*(1+3*cubic*x*x)
	case ReLU:
		if x > 0 {
			return x, 1
		}
		return 0 * x, 0 // NaN stays
	}
	s := sigmoid(x)
	return x * s, s * (1 + x*(1-s))
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// feed is what the maps of gate and up write, or its gradient.
type feed struct {
	outputs  []blas32.General // of the maps, in order
	gate, up blas32.General   // (N, F) views of outputs; gate is empty where there is none
}

func newFeed(c Config, tokens int) feed {
	_, _, in := c.widths()
	switch {
	case c.Ungated:
		up := NewMatrix(tokens, in)
		return feed{outputs: []blas32.General{up}, up: up}
	case c.FusedGateUp:
		all := NewMatrix(tokens, in)
		return feed{[]blas32.General{all}, view(all, 0, 0, tokens, c.Hidden), view(all, 0, c.Hidden, tokens, c.Hidden)}
	}
	gate, up := NewMatrix(tokens, c.Hidden), NewMatrix(tokens, c.Hidden)
	return feed{[]blas32.General{gate, up}, gate, up}
}

// forward computes act = f(gate) ∘ up, or f(up) where there is no gate, in the
// rows of act, (N, F).
func (a Activation) forward(act blas32.General, in *feed) {
	for i := range act.Rows {
		y, up := row(act, i), row(in.up, i)
		if in.gate.Rows > 0 && a == SiLU {
			kernel.SwiGLU(y, row(in.gate, i), up)
			continue
		}
		if in.gate.Rows == 0 {
			for j, x := range up {
				f, _ := a.value(float64(x))
				y[j] = float32(f)
			}
			continue
		}
		for j, x := range row(in.gate, i) {
			f, _ := a.value(float64(x))
			y[j] = float32(f) * up[j]
		}
	}
}

// backward is the way back through act = f(gate) ∘ up:
//
//	dgate = dact ∘ up ∘ f'(gate),  dup = dact ∘ f(gate)
//
// or through act = f(up): dup = dact ∘ f'(up).
func (a Activation) backward(d *feed, dact blas32.General, in *feed) {
	for i := range dact.Rows {
		dy, dup, up := row(dact, i), row(d.up, i), row(in.up, i)
		if in.gate.Rows > 0 && a == SiLU {
			kernel.SwiGLUBackward(row(d.gate, i), dup, dy, row(in.gate, i), up)
			continue
		}
		if in.gate.Rows == 0 {
			for j, x := range up {
				_, slope := a.value(float64(x))
				dup[j] = dy[j] * float32(slope)
			}
			continue
		}
		dgate := row(d.gate, i)
		for j, x := range row(in.gate, i) {
			f, slope := a.value(float64(x))
			dgate[j] = dy[j] * up[j] * float32(slope)
			dup[j] = dy[j] * float32(f)
		}
	}
}
