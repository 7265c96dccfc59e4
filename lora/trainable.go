package lora

import (
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
)

// Trainable is one linear map that a run trains, by whatever [Method]: it takes
// the map's place in an [nn.Pass], and is asked what training did to it.
type Trainable interface {
	nn.Map

	// Frozen is the map that it takes the place of.
	Frozen() *nn.Linear

	// Updated is told that an optimizer has changed what trains.
	Updated()

	// SetMode chooses what the next passes do. Entering [Probe] forgets what
	// earlier probes saw.
	SetMode(m Mode)

	// Probed is what was seen since it entered Probe.
	Probed() Probed

	// Delta computes what training has added to the weights into dst, (out, in).
	Delta(dst blas32.General)

	// Drop returns what the first update took off the loss, to first order: the
	// inner product of the gradient with what changed, its sign turned. It is
	// asked right after that update, while the gradient is still the onset's.
	Drop() float64

	// Trained is the adapter that training has made so far, sharing its arrays; false
	// where what trains is no low-rank adapter.
	Trained() (Trained, bool)

	// Moved measures how far A has moved from where it began, and A there. Its scratch has
	// room for the largest array of role A that trains. Both are empty where no A trains.
	Moved(scratch []float32) (moved, start nn.Squares)
}

// Trainables are the maps that one run trains, in the order of the forward pass.
type Trainables []Trainable

// Maps returns them by the name of the map that each stands in for.
func (all Trainables) Maps() map[string]nn.Map {
	maps := make(map[string]nn.Map, len(all))
	for _, t := range all {
		maps[t.Frozen().Name] = t
	}
	return maps
}

// Updated tells all that an optimizer has changed what trains.
func (all Trainables) Updated() {
	for _, t := range all {
		t.Updated()
	}
}

// SetMode chooses what the next passes do. Entering Probe forgets what
// earlier probes saw.
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
	Probe             // measured apart from the frozen map; trains nothing
)
