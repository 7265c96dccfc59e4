package stats

import (
	"math"
	"testing"
)

func TestEquivalenceP(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		name        string
		ds, margins []float64
		want        float64
	}{
		{"two on both sides", []float64{1, -1}, []float64{1, 1}, 0.25}, // t = 1, Cauchy's
		// d + m is 3 and -1: t = 0.5
		{"a margin a pair", []float64{1, -1}, []float64{2, 0}, 0.5 - math.Atan(0.5)/math.Pi},
		{"no difference at all", []float64{0, 0, 0}, []float64{1, 1, 1}, 0},
		{"one and the same, beyond", []float64{2, 2, 2}, []float64{1, 1, 1}, 1},
		{"an absent difference", []float64{1, nan, -1}, []float64{1, nan, 1}, 0.25},
		{"an absent margin", []float64{1, -1}, []float64{1, nan}, nan},
		{"one pair", []float64{0}, []float64{1}, nan},
		{"no pair", nil, nil, nan},
		{"no margin to speak of", []float64{1, 2}, []float64{0, 0}, nan},
		{"nothing learned", []float64{1, 2}, []float64{-3, 1}, nan},
	} {
		if got := EquivalenceP(test.ds, test.margins, 0); !agree(got, test.want) {
			t.Errorf("%s: P %g, want %g", test.name, got, test.want)
		}
	}
}

func TestAboveP(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		name   string
		xs     []float64
		shared float64
		want   float64
	}{
		{"above", []float64{3, 1}, 0, 0.5 - math.Atan(2)/math.Pi}, // t = 2, Cauchy's
		{"below", []float64{-3, -1}, 0, 0.5 + math.Atan(2)/math.Pi},
		{"about 0", []float64{1, -1}, 0, 0.5},
		{"an absent value", []float64{3, nan, 1}, 0, 0.5 - math.Atan(2)/math.Pi},
		{"all one number", []float64{2, 2}, 0, 0},
		{"one value", []float64{2}, 0, nan},
		{"none", nil, 0, nan},
	} {
		if got := AboveP(test.xs, test.shared); !agree(got, test.want) {
			t.Errorf("%s: P %g, want %g", test.name, got, test.want)
		}
	}
	if alone, shared := AboveP([]float64{3, 1}, 0), AboveP([]float64{3, 1}, 2); shared <= alone {
		t.Errorf("a shared error makes P %g of %g", shared, alone)
	}
}

// A difference beyond the margin exceeds it, a difference within it or near its edge does not,
// and no difference is both equivalent and beyond the margin.
func TestExceedsP(t *testing.T) {
	margins := []float64{1, 1, 1, 1}
	for _, test := range []struct {
		ds      []float64
		exceeds bool
	}{
		{[]float64{2, 2.1, 1.9, 2}, true},
		{[]float64{-2, -2.1, -1.9, -2}, true},
		{[]float64{1, 1.2, 0.8, 1.1}, false}, // separated from 0, and not from the margin
		{[]float64{0.1, 0, -0.1, 0}, false},
	} {
		p, q := ExceedsP(test.ds, margins, 0), EquivalenceP(test.ds, margins, 0)
		if (p <= 0.05) != test.exceeds || p <= 0.05 && q <= 0.05 {
			t.Errorf("%v: exceeds with P %g, equivalent with P %g", test.ds, p, q)
		}
	}
	if p := ExceedsP([]float64{2, 2.1, 1.9, 2}, margins, 3); p <= 0.05 {
		t.Errorf("with an error of 3 that all pairs share: P %g", p)
	}
	if p := ExceedsP([]float64{1, -1}, []float64{1, math.NaN()}, 0); !math.IsNaN(p) {
		t.Errorf("without a margin: P %g", p)
	}
}
