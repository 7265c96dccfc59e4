package stats

import (
	"math"
	"testing"
)

func TestMostP(t *testing.T) {
	for _, test := range []struct {
		name string
		xs   []float64
		want float64
	}{
		{"all above", []float64{1, 2, 3, 100}, 1.0 / 16},
		{"all but one", []float64{1, 2, 3, -100}, 5.0 / 16},
		{"half", []float64{1, -1}, 0.75},
		{"none above", []float64{-1, -2}, 1},
		{"0 is not above", []float64{0, 1}, 0.75},
		{"an absent value", []float64{1, math.NaN(), 2}, 0.25},
		{"one value", []float64{5}, 0.5},
		{"none", nil, math.NaN()},
	} {
		if got := MostP(test.xs); !agree(got, test.want) {
			t.Errorf("%s: P %g, want %g", test.name, got, test.want)
		}
	}
}
