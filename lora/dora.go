package lora

import (
	"fmt"
	"slices"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/nn"
)

// dora is DoRA (Liu et al. 2024, arXiv 2402.09353). The magnitude m, which holds the
// lengths of the rows of an adapted map's weights, is trained separately from the
// directions of the rows:
//
//	W′ = m ∘ V/‖V‖, row by row, with V = W + γBA.
//
// m starts at the lengths of W's rows, so that a fresh adapter changes no bit of the
// output. The gradient treats ‖V‖ as a constant, as in section 4.3 of the DoRA paper and
// in PEFT; see doramap.go.
type dora struct{ lowRank }

func (dora) Roles() []nn.Role { return []nn.Role{nn.RoleA, nn.RoleB, nn.RoleOwn} }

func (dora) BeyondTheory() string { return "trains magnitudes beside A and B" }

func (dora) Attach(arena *nn.Arena, m *nn.Model, c Config, seed uint64) (*Set, error) {
	targets, err := c.targets(m)
	if err != nil {
		return nil, err
	}
	s := new(Set)
	plain, own := newScratch(arena, c.undropped(), targets), newDoraScratch(arena, c, targets)
	for _, l := range targets {
		d, err := newDoraMap(arena, newAdapter(arena, l, c.undropped(), seed, plain), c, own)
		if err != nil {
			return nil, err
		}
		if c.Dropout > 0 {
			d.dropout = newDropout(arena, c, l, seed)
		}
		s.add(d, d.Adapter)
	}
	return s, nil
}

// undropped returns the config of the adapter inside: without dropout, which the map
// around it has applied already.
func (c Config) undropped() Config {
	c.Dropout = 0
	return c
}

// Flops counts LoRA's operations, and in addition W + γBA if only its row lengths need it
// and, with dropout, a second product with the frozen map; see [doraMap.Forward].
func (dora) Flops(c Config, l *nn.Linear, tokens float64, factored bool) float64 {
	rank, out, in := float64(c.Rank), float64(l.Out()), float64(l.In())
	flops := lowRank{}.Flops(c.undropped(), l, tokens, factored)
	if factored || !c.undropped().Merges(l) {
		flops += 2 * rank * out * in
	}
	if c.Dropout > 0 {
		flops += 4 * tokens * out * in
	}
	return flops
}

// doraScratch is memory that the maps of a run share and use in turn.
type doraScratch struct {
	*change
	dz, dx []float32 // (Tokens, widest output), and (Tokens, widest input) with dropout
	sums   []float64 // (widest output)
	zeros  []float32 // (widest output), in place of a missing bias
}

func newDoraScratch(arena *nn.Arena, c Config, targets []*nn.Linear) *doraScratch {
	out, in := 0, 0
	for _, l := range targets {
		out, in = max(out, l.Out()), max(in, l.In())
	}
	s := &doraScratch{
		change: newChange(arena, targets), dz: arena.Floats(c.Tokens * out),
		sums: nn.Make[float64](arena, out), zeros: arena.Floats(out),
	}
	if c.Dropout > 0 {
		s.dx = arena.Floats(c.Tokens * in)
	}
	return s
}

// newDoraMap adds a magnitude to an adapter, equal to the lengths of the rows of W + γBA.
// A row of length zero has no direction, which is an error.
func newDoraMap(arena *nn.Arena, a *Adapter, c Config, shared *doraScratch) (*doraMap, error) {
	out := a.Base.Out()
	d := &doraMap{
		Adapter: a, shared: shared, outdated: true, z: arena.Matrix(c.Tokens, out), bias: a.Base.Bias,
		m: arena.Floats(out), dm: arena.Floats(out), start: arena.Floats(out),
		length: arena.Floats(out), scale: arena.Floats(out),
	}
	if arena.Counting {
		return d, nil
	}
	if d.bias == nil {
		d.bias = shared.zeros[:out]
	}
	if err := lengths(d.m, a.sum(shared.shaped(a.Base)), a.Base.Name); err != nil {
		return nil, err
	}
	copy(d.start, d.m)
	return d, nil
}

// lengths writes the Euclidean lengths of the rows of v, the weights of the named map,
// to dst. A row of length zero is an error.
func lengths(dst []float32, v blas32.General, name string) error {
	rowLengths(dst, v)
	if i := slices.Index(dst, 0); i >= 0 {
		return fmt.Errorf("lora: %s: row %d of its weights is zero: DoRA divides by its length, "+
			"which must be above 0; leave the map out of targets, or use method %s", name, i, DefaultMethod)
	}
	return nil
}

func rowLengths(dst []float32, v blas32.General) {
	for i := range dst {
		var row nn.Squares
		row.Add(v.Data[i*v.Stride:][:v.Cols])
		dst[i] = float32(row.Norm())
	}
}

// setLengths scales the rows of w, (out, in), to the lengths in the magnitude, if there is
// one.
func (t Trained) setLengths(w blas32.General) error {
	if t.Magnitude == nil {
		return nil
	}
	was := make([]float32, w.Rows)
	if err := lengths(was, w, t.Module); err != nil {
		return err
	}
	for i, m := range t.Magnitude {
		for j := range w.Cols {
			w.Data[i*w.Stride+j] *= m / was[i]
		}
	}
	return nil
}
