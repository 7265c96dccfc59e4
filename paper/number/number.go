// Package number writes numbers as people read them, and as programs do.
package number

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Brief writes v in six digits or less: 0.001, 2048, 5e-5.
func Brief(v float64) string { return brief(v, 6, needsExponent(v)) }

// Full writes v in the shortest decimal that reads back as v: 0.1, 1.048576e6.
func Full(v float64) string { return brief(v, -1, needsExponent(v)) }

// FullText is Full for a text that may be a number. Another is written as it is.
func FullText(s string) string {
	if v, err := strconv.ParseFloat(s, 64); err == nil && Finite(v) {
		return Full(v)
	}
	return s
}

// Alike returns how to write values that stand side by side: as Brief does or, if that writes one
// of them with an exponent, all with one but 0 and those from 0.1 to 1000, which are short without.
func Alike(values ...float64) func(float64) string {
	exponent := slices.ContainsFunc(values, needsExponent)
	return func(v float64) string {
		size := math.Abs(v)
		return brief(v, 6, exponent && v != 0 && (size < 0.1 || size >= 1000))
	}
}

// AlikeTexts is Alike for texts, some of which are numbers. Others are written as they are.
func AlikeTexts(texts ...string) func(string) string {
	var values []float64
	for _, s := range texts {
		if v, err := strconv.ParseFloat(s, 64); err == nil {
			values = append(values, v)
		}
	}
	write := Alike(values...)
	return func(s string) string {
		if v, err := strconv.ParseFloat(s, 64); err == nil && Finite(v) {
			return write(v)
		}
		return s
	}
}

func needsExponent(v float64) bool {
	size := math.Abs(v)
	return v != 0 && (size < 1e-3 || size >= 1e6)
}

func brief(v float64, digits int, exponent bool) string {
	format := byte('f')
	if exponent {
		format = 'e'
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(v+0, 'g', digits, 64), 64) // zero without a sign
	mantissa, power, ok := strings.Cut(strconv.FormatFloat(rounded, format, -1, 64), "e")
	if !ok {
		return mantissa
	}
	e, _ := strconv.Atoi(power)
	return mantissa + "e" + strconv.Itoa(e)
}

// Fixed writes v with d decimals, and zero without a sign.
func Fixed(v float64, d int) string {
	s := strconv.FormatFloat(v, 'f', d, 64)
	if zero := strconv.FormatFloat(0, 'f', d, 64); s == "-"+zero {
		return zero
	}
	return s
}

// Significant writes v to the given number of digits.
func Significant(v float64, digits int) string {
	if v == 0 || !Finite(v) {
		return Brief(v)
	}
	unit := math.Pow(10, math.Floor(math.Log10(math.Abs(v)))-float64(digits-1))
	return brief(math.Round(v/unit)*unit, max(digits, 6), needsExponent(v))
}

// Exact writes v for programs: the shortest decimal that reads back as v, or nothing if v is not
// finite.
func Exact(v float64) string {
	if !Finite(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// Count writes how many there are of something: "1 run", "2 runs". The plural of the noun ends
// in s, or in ies after a y.
func Count(n int, noun string) string {
	switch stem, y := strings.CutSuffix(noun, "y"); {
	case n == 1:
	case y:
		noun = stem + "ies"
	default:
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}

// Decimals is the number of decimals that show two digits of v, which must be above 0.
func Decimals(v float64) int { return 1 - int(math.Floor(math.Log10(v))) }

// Finite reports whether v is a number, and not absent or infinite.
func Finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
