package lora

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
)

// Trainable is one linear map that a run trains, by any [Method]. It takes the place of
// the frozen map in an [nn.Pass], and reports what training did to it.
type Trainable interface {
	nn.Map

	// Frozen returns the frozen map whose place it takes.
	Frozen() *nn.Linear

	// Updated tells the map that an optimizer has changed its parameters.
	Updated()

	// Stream returns the random stream of dropout; nil without dropout.
	Stream() *rand.PCG

	// SetMode chooses what the next passes do. Entering [Probe] discards earlier
	// measurements.
	SetMode(m Mode)

	// Probed returns what was measured since it entered Probe.
	Probed() Probed

	// Delta computes what training has added to the weights into dst, (out, in).
	Delta(dst blas32.General)

	// Drop returns by how much the first update lowered the loss, to first order: minus the
	// inner product of the gradient and the change of the parameters. Call it right after
	// that update, while the gradient is still that of step 0.
	Drop() float64

	// Trained returns the adapter as trained so far, sharing its arrays where they are those that train; false if
	// the method trains no low-rank adapter.
	Trained() (Trained, bool)

	// Moved measures A − A₀ and A₀, with A₀ as A was before training. scratch must have
	// room for the largest array of role A that trains. Both results are empty if no A
	// trains.
	Moved(scratch []float32) (moved, start nn.Squares)
}

// Trainables are the maps that one run trains, in the order of the forward pass.
type Trainables []Trainable

// Maps returns the trainable maps by the name of the map that each replaces.
func (all Trainables) Maps() map[string]nn.Map {
	maps := make(map[string]nn.Map, len(all))
	for _, t := range all {
		maps[t.Frozen().Name] = t
	}
	return maps
}

// Updated tells all maps that an optimizer has changed their parameters.
func (all Trainables) Updated() {
	for _, t := range all {
		t.Updated()
	}
}

// SetMode chooses what the next passes do. Entering Probe discards earlier measurements.
func (all Trainables) SetMode(m Mode) {
	for _, t := range all {
		t.SetMode(m)
	}
}

// Mode is what trainable maps do in the next pass.
type Mode uint8

// The modes.
const (
	Train Mode = iota // as configured, dropout included
	Eval              // without dropout
	Probe             // measured separately from the frozen map, without gradients of parameters
)
