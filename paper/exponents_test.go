package paper

import (
	"testing"

	"ranksweep/metrics/stats"
)

// A power that differs from theory's has as many decimals as show it, and no other has more
// than three.
func TestDecimalsShowThatAPowerDiffers(t *testing.T) {
	for _, c := range []struct {
		name                    string
		value, low, high, exact float64
		fitted, theory          string
	}{
		{"far off", 0.005, 0.002, 0.008, 0.00012, "0.005 [0.002, 0.008]", "0.000"},
		{"below", -0.0016, -0.0034, 0.0002, 0.0003, "-0.0016 [-0.0034, 0.0002]", "0.0003"},
		{"above", 0.5013, 0.50004, 0.50256, 0.50003, "0.50130 [0.50004, 0.50256]", "0.50003"},
		{"off by rounding", 0.5, 0.4, 0.6, 0.60000001, "0.500 [0.400, 0.600]", "0.600"},
		{"inside", 0.0001, -0.0034, 0.0032, 0.0031, "0.000 [-0.003, 0.003]", "0.003"},
	} {
		x := fit{Exponent: stats.Exponent{
			Value: c.value, Low: c.low, High: c.high, Exact: c.exact,
		}}
		if got := x.fitted().Text; got != c.fitted {
			t.Errorf("%s: %q, want %q", c.name, got, c.fitted)
		}
		if got := x.exactText(); got != c.theory {
			t.Errorf("%s: theory's is %q, want %q", c.name, got, c.theory)
		}
	}
}
