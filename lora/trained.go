package lora

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
	"ranksweep/paper/number"
)

// Trained is an adapter without buffers for training: one that was made elsewhere, or that
// is passed on.
type Trained struct {
	Module string         // name of the linear map that it adapts
	A      blas32.General // (r, in)
	B      blas32.General // (out, r)
	Gamma  float64        // γ_r

	// Magnitude is DoRA's m, (out): the lengths of the rows of the adapted weights. It is
	// nil for a plain adapter, whose row lengths are those of W + γBA.
	Magnitude []float32
}

// Trained returns the set's adapters, sharing arrays with it as each map's own Trained does.
func (s *Set) Trained() []Trained {
	var all []Trained
	for _, t := range s.Trainables {
		if adapter, ok := t.Trained(); ok {
			all = append(all, adapter)
		}
	}
	return all
}

// Restore puts trained adapters on m, for batches of at most the given number of tokens.
// Ranks may differ. Adapters that [Fits] refuses are an error.
func Restore(m *nn.Model, trained []Trained, tokens int) (*Set, error) {
	if err := Fits(m, trained); err != nil {
		return nil, err
	}
	byName := linears(m)
	var targets []*nn.Linear
	ofRank := make(map[int][]*nn.Linear) // adapters of one rank share their scratch
	for _, t := range trained {
		l := byName[t.Module]
		targets, ofRank[t.A.Rows] = append(targets, l), append(ofRank[t.A.Rows], l)
	}
	shared, arena := make(map[int]*scratch), new(nn.Arena)
	var own *doraScratch
	if slices.ContainsFunc(trained, func(t Trained) bool { return t.Magnitude != nil }) {
		own = newDoraScratch(arena, Config{Tokens: tokens}, targets)
	}
	s := new(Set)
	for _, t := range trained {
		c := Config{Rank: t.A.Rows, Gamma: t.Gamma, Init: Init{Kind: KaimingUniform}, Tokens: tokens}
		if err := c.validate(); err != nil {
			return nil, err
		}
		if shared[c.Rank] == nil {
			shared[c.Rank] = newScratch(arena, c, ofRank[c.Rank])
		}
		a := newAdapter(arena, byName[t.Module], c, 0, shared[c.Rank])
		copy(a.A.Data, t.A.Data)
		copy(a.B.Data, t.B.Data)
		whole, err := t.beside(arena, a, c, own)
		if err != nil {
			return nil, err
		}
		s.add(whole, a)
	}
	return s, nil
}

// beside adds the magnitude, if there is one, to its adapter.
func (t Trained) beside(arena *nn.Arena, a *Adapter, c Config, shared *doraScratch) (Trainable, error) {
	if t.Magnitude == nil {
		return a, nil
	}
	d, err := newDoraMap(arena, a, c, shared)
	if err != nil {
		return nil, err
	}
	copy(d.m, t.Magnitude)
	return d, nil
}

// Fits reports the first adapter that does not fit m: m lacks its map, or the map has
// another shape.
func Fits(m *nn.Model, trained []Trained) error {
	byName := linears(m)
	for _, t := range trained {
		l := byName[t.Module]
		if l == nil {
			return fmt.Errorf("lora: the model has no linear map %q; it has %s and others",
				t.Module, m.Linears()[0].Name)
		}
		if t.A.Cols != l.In() || t.B.Rows != l.Out() || t.A.Rows != t.B.Cols {
			return fmt.Errorf("lora: %s: A is (%d, %d) and B is (%d, %d), the model's map is (%d, %d): "+
				"an adapter of another model", t.Module, t.A.Rows, t.A.Cols, t.B.Rows, t.B.Cols, l.Out(), l.In())
		}
		if t.Magnitude != nil && len(t.Magnitude) != l.Out() {
			return fmt.Errorf("lora: %s: the magnitude has %d entries, the model's map has %d outputs: "+
				"an adapter of another model", t.Module, len(t.Magnitude), l.Out())
		}
	}
	return nil
}

// linears returns the linear maps of m by name.
func linears(m *nn.Model) map[string]*nn.Linear {
	byName := make(map[string]*nn.Linear)
	for _, l := range m.Linears() {
		byName[l.Name] = l
	}
	return byName
}

// Merge puts every adapter into the weights of m: it replaces W by W + γBA and, if there
// is a magnitude, scales the rows to the lengths in it. Adapters that [Fits] refuses are an
// error, and so are weights that become NaN or infinite.
func Merge(m *nn.Model, trained []Trained) error {
	if err := Fits(m, trained); err != nil {
		return err
	}
	byName := linears(m)
	for _, t := range trained {
		l := byName[t.Module]
		t.addDelta(l.Weight)
		if err := t.setLengths(l.Weight); err != nil {
			return err
		}
		for _, w := range l.Weight.Data {
			if !(math.Abs(float64(w)) <= math.MaxFloat32) {
				return fmt.Errorf("lora: %s: with the adapter merged, a weight is %s: the adapter is damaged, "+
					"or its training diverged", t.Module, number.Brief(float64(w)))
			}
		}
		l.Changed()
	}
	return nil
}

// addDelta adds γBA to w, (out, in).
func (t Trained) addDelta(w blas32.General) {
	blas32.Gemm(blas.NoTrans, blas.NoTrans, float32(t.Gamma), t.B, t.A, 1, w)
}
