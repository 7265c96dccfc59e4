package paper

import (
	"math"
	"strings"
	"testing"

	"ranksweep/metrics/stats"
)

// A value is off by its distance from the range that is claimed, and by nothing inside of it.
func TestDeviations(t *testing.T) {
	for _, test := range []struct{ got, want float64 }{
		{offRange(0.25, -0.1, 0.1), 0.15}, {offRange(-0.25, -0.1, 0.1), 0.15}, {offRange(0.05, -0.1, 0.1), 0},
		{offRange(-3, math.Inf(-1), -0.1), 0}, {offRange(0, math.Inf(-1), -0.1), 0.1},
		{offLimit(0.02, 0.1), 0.08}, {offLimit(-0.02, 0.1), 0.08}, {offLimit(0.3, 0.1), 0},
		{offStable(0.3, 0.1, true), 0.2}, {offStable(0.3, 0.1, false), 0}, {offStable(0.03, 0.1, false), 0.07},
	} {
		if math.Abs(test.got-test.want) > 1e-12 {
			t.Errorf("%g, want %g", test.got, test.want)
		}
	}
}

// Only a claim that is not seen says how far off it is, and only by the rule that judged it.
func TestStandingSaysHowFarOff(t *testing.T) {
	for want, f := range map[string]Finding{
		"not seen: off by 0.003": {Standing: NotSeen, Off: "off by 0.003"},
		"not seen":               {Standing: NotSeen, Off: "off by 0.003", Late: true},
		"seen":                   {Standing: Seen, Off: "off by 0.003"},
	} {
		if got := f.standing(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Lines have at most 100 characters, those of a list are indented, and no word is lost.
func TestFilled(t *testing.T) {
	text := "- " + strings.Repeat("α ", 120) + "\n" + strings.Repeat("word ", 30)
	got := filled(text)
	lines := strings.Split(strings.TrimSpace(got), "\n")
	if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(text), " ") || len(lines) != 5 {
		t.Errorf("%d lines:\n%s", len(lines), got)
	}
	for i, l := range lines {
		if n := len([]rune(l)); n > 100 || (i == 1 || i == 2) != strings.HasPrefix(l, "  ") {
			t.Errorf("line %d has %d characters: %q", i, n, l)
		}
	}
}

// A range whose ends print alike is one number.
func TestRangeText(t *testing.T) {
	if a, b := rangeText(0.131, 0.134), rangeText(0.25, 2.8); a != "0.13%" || b != "0.25% to 2.8%" {
		t.Errorf("%q, %q", a, b)
	}
}

// Powers from rank to rank are said to go one way only if at least three do.
func TestDriftText(t *testing.T) {
	for _, test := range []struct {
		local []float64
		goes  bool
	}{
		{[]float64{-0.45, -0.53, -0.65}, true}, {[]float64{0, 0.1, 0.3}, true},
		{[]float64{-0.45, -0.65, -0.53}, false}, {[]float64{-0.45, -0.53}, false},
		{[]float64{-0.45, -0.53, math.NaN()}, false}, {[]float64{math.NaN(), -0.53, -0.45}, false},
	} {
		text := driftText([]rateRow{{local: test.local}})
		if strings.Contains(text, slopesText(test.local)) != test.goes {
			t.Errorf("%v: %q", test.local, text)
		}
	}
}

// A power of which theory says nothing has as many decimals as show that it is not 0.
func TestDecimalsOfSmallPowers(t *testing.T) {
	small := fit{Exponent: stats.Exponent{Value: -0.00032, Low: -0.00042, High: -0.00021,
		Predicted: math.NaN(), Exact: math.NaN()}}
	none := small
	if none.High = 0.0001; small.decimals() != 4 || none.decimals() != powerDecimals {
		t.Errorf("%d and %d decimals", small.decimals(), none.decimals())
	}
}
