package paper

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"ranksweep/metrics/stats"
)

// exponentText writes a fitted exponent with its interval, if it has one:
// -0.502 [-0.518, -0.486].
func exponentText(e stats.Exponent) string {
	if math.IsNaN(e.Low) {
		return fixed(e.Value, 3)
	}
	return fmt.Sprintf("%s [%s, %s]", fixed(e.Value, 3), fixed(e.Low, 3), fixed(e.High, 3))
}

// decimals is how many there must be to show two digits of v.
func decimals(v float64) int { return 1 - int(math.Floor(math.Log10(v))) }

// fixed writes v with d decimals, and zero without a sign.
func fixed(v float64, d int) string {
	s := strconv.FormatFloat(v, 'f', d, 64)
	if zero := strconv.FormatFloat(0, 'f', d, 64); s == "-"+zero {
		return zero
	}
	return s
}

// number writes v briefly, to six digits: 0.001, 2048, 5e-5.
func number(v float64) string {
	format := byte('f')
	if size := math.Abs(v); v != 0 && (size < 1e-3 || size >= 1e6) {
		format = 'e'
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(v+0, 'g', 6, 64), 64) // zero without a sign
	mantissa, exponent, ok := strings.Cut(strconv.FormatFloat(rounded, format, -1, 64), "e")
	if !ok {
		return mantissa
	}
	e, _ := strconv.Atoi(exponent)
	return mantissa + "e" + strconv.Itoa(e)
}

// finite reports whether v is a number.
func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
