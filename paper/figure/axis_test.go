package figure

import (
	"math"
	"strings"
	"testing"
)

func TestAxisHoldsItsValues(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for name, values := range map[string][]float64{
		"none":        {},
		"only absent": {nan, inf, -inf},
		"one":         {3},
		"zero":        {0},
		"equal":       {1e-9, 1e-9},
		"narrow":      {1.2345, 1.2349},
		"wide":        {1e-12, 1e12},
		"negative":    {-5, -1},
		"across zero": {-1, 2},
		"with absent": {nan, 2, inf, 4},
	} {
		for _, log := range []bool{false, true} {
			a := Axis{Log: log}.Over(values...)
			if !(a.Min < a.Max) || log && a.Min <= 0 {
				t.Fatalf("%s, log %t: range %v to %v", name, log, a.Min, a.Max)
			}
			for _, v := range values {
				if a.holds(v) && (v <= a.Min || v >= a.Max) {
					t.Errorf("%s, log %t: %v is not inside %v to %v", name, log, v, a.Min, a.Max)
				}
			}
			labels := map[string]bool{}
			for _, tick := range a.Ticks(a.Min, a.Max) {
				if tick.Value < a.Min || tick.Value > a.Max {
					t.Errorf("%s, log %t: tick %v outside %v to %v", name, log, tick.Value, a.Min, a.Max)
				}
				if tick.Label != "" && labels[tick.Label] {
					t.Errorf("%s, log %t: label %q twice", name, log, tick.Label)
				}
				labels[tick.Label] = true
			}
			delete(labels, "")
			if n := len(labels); n < 2 || n > 10 {
				t.Errorf("%s, log %t: %d labels, want 2 to 10", name, log, n)
			}
		}
	}
}

func TestTicks(t *testing.T) {
	for _, test := range []struct {
		name     string
		a        Axis
		min, max float64
		want     string
	}{
		{"round", Axis{}, 1.33, 1.93, "1.4 1.5 1.6 1.7 1.8 1.9"},
		{"few", Axis{Few: true}, -10, 2100, "0 1000 2000"},
		{"no negative zero", Axis{}, -0.1, 1, "0.0 0.2 0.4 0.6 0.8 1.0"},
		{"whole", Axis{Few: true, Whole: true}, -0.08, 2.08, "0 1 2"},
		{"large", Axis{}, 0, 4e7, "0 1e7 2e7 3e7 4e7"},
		{"under a decade", Axis{Log: true}, 1, 3, "1.0 1.5 2.0 2.5 3.0"},
		{"two decades", Axis{Log: true}, 0.003, 0.2, "0.005 0.01 0.02 0.05 0.1 0.2"},
		{"decades", Axis{Log: true}, 0.001, 20, "0.001 0.01 0.1 1 10"},
		{"many decades", Axis{Log: true}, 1e-9, 1e9, "1e-9 1e-6 1e-3 1 1e3 1e6 1e9"},
		{"ranks", Axis{Log: true, At: []float64{4, 8, 32, 128, 512, 2048}}, 3, 2600, "4 8 32 128 512 2048"},
		{"ranks in a row", Axis{Log: true, Few: true, At: []float64{4, 8, 16, 32, 64, 128, 256, 512, 1024}}, 3, 1300,
			"4 8 32 128 1024"},
		{"crowded ranks", Axis{Log: true, At: []float64{1000, 1001, 2048}}, 900, 2300, "1000 2048"},
	} {
		var labels []string
		for _, tick := range test.a.Ticks(test.min, test.max) {
			if tick.Label != "" {
				labels = append(labels, tick.Label)
			}
		}
		if got := strings.Join(labels, " "); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

// Roomy leaves at least the share that is asked for at each end, and no less than Over does.
func TestRoomy(t *testing.T) {
	for _, log := range []bool{false, true} {
		for _, share := range []float64{0, 0.01, 0.2, 0.45} {
			a := Axis{Log: log}
			over, roomy := a.Over(8, 32, 128), a.Roomy(share, 8, 32, 128)
			length := a.place(roomy.Max) - a.place(roomy.Min)
			for _, free := range []float64{a.place(8) - a.place(roomy.Min), a.place(roomy.Max) - a.place(128)} {
				if free < (share-1e-9)*length {
					t.Errorf("log %v, share %v: %v of %v are free", log, share, free, length)
				}
			}
			if roomy.Min > over.Min || roomy.Max < over.Max {
				t.Errorf("log %v, share %v: from %v to %v, and over %v to %v", log, share, roomy.Min, roomy.Max,
					over.Min, over.Max)
			}
		}
	}
	if a, over := (Axis{}).Roomy(0.2), (Axis{}).Over(); a.Min != over.Min || a.Max != over.Max {
		t.Errorf("without values: from %v to %v", a.Min, a.Max)
	}
}
