package lora

import (
	"math/rand/v2"
	"slices"
	"testing"

	"ranksweep/nn"
	"ranksweep/nn/heaptest"
	"ranksweep/nn/nntest"
)

// TestMethodsAreCounted: the counted size of a method's maps equals the size that is
// allocated for them, to the byte, in every form. The shapes are chosen so that the runtime
// rounds no buffer up.
func TestMethodsAreCounted(t *testing.T) {
	m := wideModel(t)
	bf16 := m.Clone()
	bf16.BF16()
	for _, name := range Methods() {
		method, _ := MethodNamed(name)
		if BeginsWithPart(name) { // what a process remembers of frozen weights is no buffer of a run
			for _, l := range m.Linears() {
				_, _, err := PartOf(name, l)
				check(t, err)
			}
		}
		check := func(form string, m *nn.Model, rank int, dropout float64, zeroA bool) {
			c := testConfig(rank)
			c.Tokens, c.Dropout, c.Init.Kind, c.Init.ZeroA = 64, dropout, Orthogonal, zeroA
			t.Run(name+"/"+form, func(t *testing.T) { checkCount(t, method, m, c) })
		}
		check("factored", m, 4, 0, false)
		if method.Traits().Has(Ranked) {
			check("merged", m, 64, 0, false)
		}
		if method.Traits().Has(Dropping) {
			check("dropout", m, 64, 0.5, false)
		}
		if method.Traits().Has(Halves) {
			check("bf16 factored", bf16, 4, 0, false)
			check("bf16 beside", bf16, 64, 0, false)
		}
		if method.Traits().Has(Factors) {
			check("A zero", m, 4, 0, true)
		}
	}
}

// wideModel returns a model with widths of 64 to 256.
func wideModel(t *testing.T) *nn.Model {
	t.Helper()
	m, err := nn.New(nn.Config{
		Vocab: 17, Dim: 128, Layers: 2, Heads: 2, KVHeads: 1, HeadDim: 64, Hidden: 256,
		Context: 16, NormEps: 1e-5, RopeTheta: 100,
	})
	check(t, err)
	m.Init(rand.New(rand.NewPCG(1, 6)))
	return m
}

// checkCount compares the counted size of what a method attaches with the heap that it takes
// in addition to a counting arena's. The counting arena's own heap must be below three pages,
// so that no buffer is made outside the arena. Counted maps must have the shapes of real
// ones.
func checkCount(t *testing.T, method Method, m *nn.Model, c Config) {
	t.Helper()
	attach := func(arena *nn.Arena) *Set {
		s, err := method.Attach(arena, m, c, 0)
		check(t, err)
		return s
	}
	const pages = 3 * 8 << 10
	made, counted := new(nn.Arena), &nn.Arena{Counting: true}
	var set, outline *Set
	headers := heaptest.Grown(func() any { outline = attach(counted); return outline })
	buffers := heaptest.Grown(func() any { set = attach(made); return set }) - headers
	if buffers != made.Bytes || buffers != counted.Bytes || headers >= pages {
		t.Errorf("buffers of %d bytes are allocated, %d were counted so, and %d without, in %d",
			buffers, made.Bytes, counted.Bytes, headers)
	}
	for i, of := range set.Trainables {
		params := outline.Trainables[i].Params()
		var roles []nn.Role
		for k, p := range of.Params() {
			if !slices.Contains(roles, p.Role) {
				roles = append(roles, p.Role)
			}
			q := params[k]
			if q.Rows != p.Rows || q.Cols != p.Cols || q.Role != p.Role || len(q.Value) > 0 {
				t.Errorf("%s is (%d, %d), and (%d, %d) with %d values where it is counted",
					p.Name, p.Rows, p.Cols, q.Rows, q.Cols, len(q.Value))
			}
		}
		if !slices.Equal(roles, method.Roles()) {
			t.Errorf("arrays of roles %v train, said to be %v", roles, method.Roles())
		}
	}
}

func TestMethodsTakeTime(t *testing.T) {
	m := nntest.Model(t)
	c := testConfig(16)
	for _, name := range Methods() {
		method, ok := MethodNamed(name)
		if !ok {
			t.Fatalf("method %q is not known by its name", name)
		}
		for _, l := range m.Linears() {
			if !(method.Flops(c, l, 10, false) > 0 && method.Flops(c, l, 10, true) > 0) {
				t.Errorf("%s: training %s takes nothing", name, l.Name)
			}
		}
	}
	if _, ok := MethodNamed("none"); ok {
		t.Error("a method that is none is known")
	}
}
