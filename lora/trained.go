package lora

import (
	"fmt"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
)

// Trained is an adapter without what trains it: one that was made elsewhere,
// or is to be handed on.
type Trained struct {
	Module string         // name of the linear map that it adapts
	A      blas32.General // (r, in)
	B      blas32.General // (out, r)
	Gamma  float64        // γ_r
}

// Trained returns the set's adapters, sharing A and B with it.
func (s *Set) Trained() []Trained {
	var all []Trained
	for _, a := range s.Adapters {
		all = append(all, a.trained())
	}
	return all
}

// Restore puts trained adapters on m, for batches of at most the given number
// of tokens. Ranks may differ. What [Fits] refuses is an error.
func Restore(m *nn.Model, trained []Trained, tokens int) (*Set, error) {
	if err := Fits(m, trained); err != nil {
		return nil, err
	}
	byName := linears(m)
	ofRank := make(map[int][]*nn.Linear) // adapters of one rank share what they use in turn
	for _, t := range trained {
		ofRank[t.A.Rows] = append(ofRank[t.A.Rows], byName[t.Module])
	}
	shared := make(map[int]*scratch)
	s, arena := new(Set), new(nn.Arena)
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
		s.add(a)
	}
	return s, nil
}

// Fits reports the first adapter that is not one of m's: of a map that m lacks,
// or of another shape.
func Fits(m *nn.Model, trained []Trained) error {
	byName := linears(m)
	for _, t := range trained {
		l := byName[t.Module]
		if l == nil {
			return fmt.Errorf("lora: the model has no linear map %q; it has %s and others", t.Module, m.Linears()[0].Name)
		}
		if t.A.Cols != l.In() || t.B.Rows != l.Out() || t.A.Rows != t.B.Cols {
			return fmt.Errorf("lora: %s: A is (%d, %d) and B is (%d, %d), the model's map is (%d, %d): "+
				"an adapter of another model",
				t.Module, t.A.Rows, t.A.Cols, t.B.Rows, t.B.Cols, l.Out(), l.In())
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

// Merge adds every γBA to the weights of m. What [Fits] refuses is an error.
func Merge(m *nn.Model, trained []Trained) error { return addTo(m, trained, 1) }

func addTo(m *nn.Model, trained []Trained, sign float32) error {
	if err := Fits(m, trained); err != nil {
		return err
	}
	byName := linears(m)
	for _, t := range trained {
		l := byName[t.Module]
		t.addDelta(l.Weight, sign)
		l.Changed()
	}
	return nil
}

// addDelta adds sign·γBA to w, (out, in).
func (t Trained) addDelta(w blas32.General, sign float32) {
	blas32.Gemm(blas.NoTrans, blas.NoTrans, sign*float32(t.Gamma), t.B, t.A, 1, w)
}
