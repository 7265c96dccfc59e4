package paper

import (
	"fmt"
	"math"

	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
)

// exponentText writes a fitted exponent with its interval, if it has one:
// -0.502 [-0.518, -0.486].
func exponentText(e stats.Exponent) string {
	return powerText(e, powerDecimals)
}

// powerDecimals is how many decimals of a power are printed, unless more are needed.
const powerDecimals = 3

// powerText writes a power with its interval, to a number of decimals.
func powerText(e stats.Exponent, decimals int) string {
	value := number.Fixed(e.Value, decimals)
	if math.IsNaN(e.Low) {
		return value
	}
	return fmt.Sprintf("%s [%s, %s]", value, number.Fixed(e.Low, decimals), number.Fixed(e.High, decimals))
}

// intervalText writes one interval in a sentence: 1.863 ± 0.012.
func intervalText(i stats.Interval) string {
	if math.IsNaN(i.Low) {
		return number.Significant(i.Mean, 4)
	}
	half := (i.High - i.Low) / 2
	if !(half > 0) {
		return number.Significant(i.Mean, 4) + " ± 0"
	}
	d := max(0, number.Decimals(half))
	for (i.Low > 0 || i.High < 0) && d < 12 && sameDigits(math.Abs(i.Mean), half, d) {
		d++ // the digits must show that the interval does not contain 0
	}
	return number.Fixed(i.Mean, d) + " ± " + number.Fixed(half, d)
}

// sameDigits reports whether two values are written in the same way with so many decimals.
func sameDigits(a, b float64, decimals int) bool {
	return number.Fixed(a, decimals) == number.Fixed(b, decimals)
}
