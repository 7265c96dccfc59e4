package lora

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"ranksweep/nn"
	"ranksweep/nn/nntest"
)

func TestSchemesAreReadAsTheyAreWritten(t *testing.T) {
	for _, c := range []struct {
		text, written string
		want          Scheme
	}{
		{"lora", "lora", Scheme{P: 1}},
		{"1", "lora", Scheme{P: 1}},
		{"p=0.5", "rslora", Scheme{P: 0.5}},
		{"-0", "constant", Scheme{}},
		{"0.75", "p=0.75", Scheme{P: 0.75}},
		{"log", "log", Scheme{Log: true}},
		{"lora+", "lora+", Scheme{P: 1, Ratio: 16}},
		{"1,ratio=16", "lora+", Scheme{P: 1, Ratio: 16}},
		{"lora,ratio=1", "lora", Scheme{P: 1}},
		{"mua", "mua", Scheme{P: 0.5, LRA: 0.25, LRB: 0.25}},
		{"rslora, lr=0.25", "mua", Scheme{P: 0.5, LRA: 0.25, LRB: 0.25}},
		{"mua,lr=0", "rslora", Scheme{P: 0.5}},
		{"lora,init=-0.5", "lora,init=-0.5", Scheme{P: 1, Init: -0.5}},
		{"0.25,lr_b=1,init=0.5,lr_a=-1,ratio=4", "p=0.25,init=0.5,lr_a=-1,lr_b=1,ratio=4",
			Scheme{P: 0.25, Init: 0.5, LRA: -1, LRB: 1, Ratio: 4}},
		{"log,init=1", "log,init=1", Scheme{Log: true, Init: 1}},
		{"rslora,zero=a", "rslora,zero=a", Scheme{P: 0.5, ZeroA: true}},
		{"lora,zero=a,init=1", "lora,init=1,zero=a", Scheme{P: 1, Init: 1, ZeroA: true}},
		{"lora,zero=b", "lora", Scheme{P: 1}},
	} {
		got, err := ParseScheme(c.text)
		check(t, err)
		if got != c.want || got.String() != c.written {
			t.Errorf("%q: %+v, written %q, want %+v, %q", c.text, got, got, c.want, c.written)
		}
		var back Scheme
		text, err := json.Marshal(got)
		check(t, err)
		check(t, json.Unmarshal(text, &back))
		if back != got {
			t.Errorf("%s: read back as %+v", text, back)
		}
	}
	for text, want := range map[string]string{
		"qlora":        "must be lora, rslora, constant, log, lora+, mua or a number",
		"":             "must be lora, rslora",
		"lora,":        `part ""`,
		"lora,init":    "with a number, as in init=0.5",
		"lora,p=1":     `"p" is none of`,
		"lora,rank=1":  `"rank" is none of`,
		"lora,ratio=0": "must be above 0",
		"NaN":          "exponent p NaN: must be from -4 to 4",
		"lora,lr=5":    "exponent lr_a 5",
		"lora,init=x":  "must be init, lr, lr_a, lr_b or ratio with a number",
		"1,ratio=1e9":  "at most 1e6",
		"lora,zero=c":  "must be a or b",
		"lora,zero":    "must be a or b",
	} {
		if _, err := ParseScheme(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func FuzzParseScheme(f *testing.F) {
	for _, text := range []string{"lora", "mua,init=0.5", "0.75,lr_b=-1,ratio=3", "log", "rslora,zero=a"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseScheme(text)
		if err != nil {
			return
		}
		if back, err := ParseScheme(s.String()); err != nil || back != s {
			t.Errorf("%q is written %q and read back as %+v, %v", text, s, back, err)
		}
	})
}

// At its reference rank a matched scheme equals LoRA in everything that depends on rank.
func TestMatchedSchemesMeet(t *testing.T) {
	for _, s := range []Scheme{{P: 0.5}, {P: 0.25, Init: 1, LRA: 0.5, LRB: -1}, {Log: true}} {
		s.MatchRank = 8
		a, b := s.RateFactors(8)
		if gamma := s.Gamma(16, 8); math.Abs(gamma-2) > 1e-15 || s.InitFactor(8) != 1 || a != 1 || b != 1 {
			t.Errorf("%s at rank 8: gamma %g, init %g, rates %g, %g", s, gamma, s.InitFactor(8), a, b)
		}
	}
	s := Scheme{P: 1, Init: 0.5, LRA: 1, LRB: -1, Ratio: 4}
	a, b := s.RateFactors(16)
	if s.InitFactor(16) != 0.25 || a != 1./16 || b != 64 {
		t.Errorf("%s at rank 16: init %g, rates %g, %g", s, s.InitFactor(16), a, b)
	}
}

// The canonical form of exponents agrees with the canonical form of sizes.
func TestCanonicalFormsAgree(t *testing.T) {
	at := func(s Scheme, rank int) Sizes {
		drawn, zero := s.RateFactors(rank)
		if s.ZeroA {
			drawn, zero = zero, drawn
		}
		return Sizes{s.Gamma(1, rank), s.InitFactor(rank), drawn, zero}
	}
	for i, scaleFree := range []bool{false, true, false, true} {
		s := Scheme{P: 0.75, Init: -0.5, LRA: 0.25, LRB: 1, ZeroA: i > 1}
		got, want := at(s.Canonical(scaleFree), 16), at(s, 16).Canonical(scaleFree)
		if got.Init != 1 || got.LRZero != 1 || math.Abs(got.Gamma/want.Gamma-1) > 1e-12 ||
			math.Abs(got.LRDrawn/want.LRDrawn-1) > 1e-12 {
			t.Errorf("scale-free %t: %+v, want %+v", scaleFree, got, want)
		}
		if again := want.Canonical(scaleFree); again != want {
			t.Errorf("scale-free %t: the canonical form of %+v is %+v", scaleFree, want, again)
		}
	}
}

// TestInvariance trains two adapters with equal canonical sizes, with A or B drawn. Their
// factors of A and B are powers of two, for which float32 is exact, so that γBA is the same
// to the bit after several steps. With other sizes it differs.
func TestInvariance(t *testing.T) {
	m := nntest.Model(t)
	for _, o := range []nn.OptimizerConfig{
		{Name: "sgd"}, {Name: "sgd", Momentum: 0.5}, {Name: "adamw", Beta1: 0.5, Beta2: 0.75},
	} {
		scaleFree := o.Name != "sgd"
		const s, q = 4, 0.5 // the drawn factor is s times as large, the other q times
		one := Sizes{Gamma: 1, Init: 1, LRDrawn: 0.01, LRZero: 0.02}
		other := Sizes{Gamma: 1 / (s * q), Init: s, LRDrawn: 0.01 * s, LRZero: 0.02 * q}
		if !scaleFree {
			other.LRDrawn, other.LRZero = 0.01*s*s, 0.02*q*q
		}
		a, b := one.Canonical(scaleFree), other.Canonical(scaleFree)
		if math.Abs(a.Gamma/b.Gamma-1) > 1e-12 || math.Abs(a.LRDrawn/b.LRDrawn-1) > 1e-12 {
			t.Errorf("%s: canonical %+v and %+v", o.Name, a, b)
		}
		for i, rank := range []int{3, 40, 3, 40} { // factored and merged
			zeroA := i > 1
			want := trainedDeltas(t, m, o, one, rank, zeroA)
			if got := trainedDeltas(t, m, o, other, rank, zeroA); !slices.Equal(got, want) {
				t.Errorf("%s, rank %d, A zero %t: differs by %g", o.Name, rank, zeroA, difference(got, want))
			}
			other := other
			other.LRDrawn *= 2
			if slices.Equal(trainedDeltas(t, m, o, other, rank, zeroA), want) {
				t.Errorf("%s, rank %d, A zero %t: the learning rate of what is drawn changes nothing", o.Name, rank,
					zeroA)
			}
		}
	}
}

// trainedDeltas returns γBA of every map after four steps.
func trainedDeltas(t *testing.T, m *nn.Model, o nn.OptimizerConfig, z Sizes, rank int, zeroA bool) []float32 {
	c := testConfig(rank)
	c.Gamma, c.Init = z.Gamma, Init{Kind: Gaussian, ZeroA: zeroA, Factor: z.Init}
	set, err := Attach(m, c, 7)
	check(t, err)
	pass, err := nn.NewPass(m, tokens, set.Maps())
	check(t, err)
	opt, err := nn.NewOptimizer(o, pass.Params())
	check(t, err)
	drawn, zero := Scheme{ZeroA: zeroA}.Roles()
	var rates nn.LearningRates
	rates[drawn], rates[zero] = z.LRDrawn, z.LRZero
	for range 4 {
		for _, p := range pass.Params() {
			clear(p.Grad)
		}
		_, err := pass.Gradient(testBatch(), 0.1)
		check(t, err)
		opt.Step(rates)
		set.Updated()
	}
	var all []float32
	for _, a := range set.Adapters {
		delta := nn.NewMatrix(a.Base.Out(), a.Base.In())
		a.Delta(delta)
		all = append(all, delta.Data...)
	}
	return all
}

// TestOrthogonalRows: the rows within a block of in rows are orthogonal, up to the rounding
// of float32 entries, and the entries have the mean square that all kinds have.
func TestOrthogonalRows(t *testing.T) {
	const rank, in = 25, 10
	a := make([]float32, rank*in)
	Init{Kind: Orthogonal}.fill(a, rank, in, 1, "m")
	for i := range rank {
		for j := range rank {
			var inner float64
			for k := range in {
				inner += float64(a[i*in+k]) * float64(a[j*in+k])
			}
			want := 0.
			if i == j {
				want = 1. / 3
			}
			if sameBlock := i/in == j/in; sameBlock && math.Abs(inner-want) > 1e-6 {
				t.Errorf("rows %d and %d: %g, want %g", i, j, inner, want)
			} else if !sameBlock && inner == 0 {
				t.Errorf("rows %d and %d of two blocks are orthogonal", i, j)
			}
		}
	}
}

// Fresh draws of two ranks have nothing in common, and repeat for the same rank. Draws that
// are not fresh begin with the same entries.
func TestFreshDraws(t *testing.T) {
	const in = 40
	draw := func(fresh bool, rank int) []float32 {
		a := make([]float32, rank*in)
		Init{Kind: Gaussian, Fresh: fresh}.fill(a, rank, in, 1, "m")
		return a
	}
	if small, large := draw(false, 2), draw(false, 4); !slices.Equal(small, large[:len(small)]) {
		t.Error("the A of rank 2 is not the top of that of rank 4")
	}
	small, large := draw(true, 2), draw(true, 4)
	for i, v := range small {
		if v == large[i] {
			t.Fatalf("entry %d of fresh draws at ranks 2 and 4 is the same, %g", i, v)
		}
	}
	if !slices.Equal(small, draw(true, 2)) {
		t.Error("a fresh draw is not the same each time")
	}
}

// Every scheme that has a name can be written without it.
func TestSchemesWrittenOut(t *testing.T) {
	for name, want := range map[string]string{
		"lora": "lora", "rslora": "rslora", "constant": "constant", "log": "log", "0.75": "p=0.75",
		"lora+": "lora,ratio=16", "mua": "rslora,lr=0.25", "rslora,init=0.5": "rslora,init=0.5",
	} {
		s, err := ParseScheme(name)
		if err != nil || s.Written() != want {
			t.Errorf("%s: %q (%v), want %q", name, s.Written(), err, want)
		}
		if again, err := ParseScheme(s.Written()); err != nil || again != s {
			t.Errorf("%s: %q is read as %v (%v)", name, s.Written(), again, err)
		}
	}
}
