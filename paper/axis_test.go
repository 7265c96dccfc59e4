package paper

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
			a := axis{log: log}.over(values...)
			if !(a.min < a.max) || log && a.min <= 0 {
				t.Fatalf("%s, log %t: range %v to %v", name, log, a.min, a.max)
			}
			for _, v := range values {
				if a.holds(v) && (v <= a.min || v >= a.max) {
					t.Errorf("%s, log %t: %v is not inside %v to %v", name, log, v, a.min, a.max)
				}
			}
			labels := map[string]bool{}
			for _, tick := range a.Ticks(a.min, a.max) {
				if tick.Value < a.min || tick.Value > a.max {
					t.Errorf("%s, log %t: tick %v outside %v to %v", name, log, tick.Value, a.min, a.max)
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
		a        axis
		min, max float64
		want     string
	}{
		{"round", axis{}, 1.33, 1.93, "1.4 1.5 1.6 1.7 1.8 1.9"},
		{"few", axis{few: true}, -10, 2100, "0 1000 2000"},
		{"no negative zero", axis{}, -0.1, 1, "0.0 0.2 0.4 0.6 0.8 1.0"},
		{"whole", axis{few: true, whole: true}, -0.08, 2.08, "0 1 2"},
		{"large", axis{}, 0, 4e7, "0 1e7 2e7 3e7 4e7"},
		{"under a decade", axis{log: true}, 1, 3, "1.0 1.5 2.0 2.5 3.0"},
		{"two decades", axis{log: true}, 0.003, 0.2, "0.005 0.01 0.02 0.05 0.1 0.2"},
		{"decades", axis{log: true}, 0.001, 20, "0.001 0.01 0.1 1 10"},
		{"many decades", axis{log: true}, 1e-9, 1e9, "1e-9 1e-6 0.001 1 1000 1e6 1e9"},
		{"ranks", axis{log: true, at: []float64{4, 8, 32, 128, 512, 2048}}, 3, 2600, "4 8 32 128 512 2048"},
		{"crowded ranks", axis{log: true, at: []float64{1000, 1001, 2048}}, 900, 2300, "1000 2048"},
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

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 5e-5: "5e-5", 0.0001: "1e-4", 0.001: "0.001", 2048: "2048",
		0.1 + 0.2: "0.3", 1e6: "1e6", -0.5: "-0.5", 1234567: "1.23457e6",
	} {
		if got := number(v); got != want {
			t.Errorf("number(%g) = %s, want %s", v, got, want)
		}
	}
	if got := number(math.Copysign(0, -1)); got != "0" {
		t.Errorf("number of a negative zero: %s", got)
	}
}
