package lora

import (
	"fmt"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
)

// Trained is an adapter that was made elsewhere.
type Trained struct {
	Module string         // name of the linear map that it adapts
	A      blas32.General // (r, in)
	B      blas32.General // (out, r)
	Gamma  float64        // γ_r
}

// Restore puts trained adapters on m, for batches of at most the given number
// of tokens. Ranks may differ. A map that m lacks, or of another shape, is an
// error that names it.
func Restore(m *nn.Model, trained []Trained, tokens int) (*Set, error) {
	byName := make(map[string]*nn.Linear)
	for _, l := range m.Linears() {
		byName[l.Name] = l
	}
	s := new(Set)
	for _, t := range trained {
		l := byName[t.Module]
		if l == nil {
			return nil, fmt.Errorf("lora: the model has no linear map %q; it has %s and others", t.Module, m.Linears()[0].Name)
		}
		if t.A.Cols != l.In() || t.B.Rows != l.Out() || t.A.Rows != t.B.Cols {
			return nil, fmt.Errorf("lora: %s: A is (%d, %d) and B is (%d, %d), the model's map is (%d, %d): an adapter of another model",
				t.Module, t.A.Rows, t.A.Cols, t.B.Rows, t.B.Cols, l.Out(), l.In())
		}
		c := Config{Rank: t.A.Rows, Gamma: t.Gamma, Init: Init{Kind: KaimingUniform}, Tokens: tokens}
		if err := c.validate(); err != nil {
			return nil, err
		}
		a := newAdapter(l, c, 0, newScratch(c, []*nn.Linear{l}))
		copy(a.A.Data, t.A.Data)
		copy(a.B.Data, t.B.Data)
		s.Adapters = append(s.Adapters, a)
	}
	return s, nil
}
