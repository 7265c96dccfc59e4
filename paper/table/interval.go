package table

import (
	"fmt"
	"math"
	"strconv"

	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
)

// Intervals makes a column of means with the half widths of their 95%
// intervals, all to the same power of ten and number of decimals. Its fields
// are the mean, both ends and the count.
func Intervals(head, name string, intervals []stats.Interval) (Column, []Entry) {
	scale, d := precision(intervals)
	if scale != 0 {
		head += fmt.Sprintf(" (1e%d)", scale)
	}
	unit := math.Pow(10, float64(scale))
	entries := make([]Entry, len(intervals))
	for i, v := range intervals {
		text := ""
		if number.Finite(v.Mean) {
			text = number.Fixed(v.Mean/unit, d)
		}
		if half := halfWidth(v); half > 0 && number.Finite(half) {
			text += " ± " + number.Fixed(half/unit, d)
		}
		entries[i] = Entry{Text: text, Values: []string{number.Exact(v.Mean), number.Exact(v.Low), number.Exact(v.High), strconv.Itoa(v.N)}}
	}
	return Column{Head: head, Fields: []string{name, name + "_low", name + "_high", name + "_n"}, Number: true}, entries
}

// precision is the power of ten in which a column is written, 0 for sizes
// that are read easily as they are, and the number of decimals: two digits of
// the narrowest interval, or without any four of the smallest mean, but never
// more than six of the largest.
func precision(intervals []stats.Interval) (scale, d int) {
	largest, smallest, narrowest := 0.0, math.Inf(1), math.Inf(1)
	for _, v := range intervals {
		if size := math.Abs(v.Mean); size > 0 && number.Finite(size) {
			largest, smallest = math.Max(largest, size), math.Min(smallest, size)
		}
		if half := halfWidth(v); half > 0 && number.Finite(half) {
			narrowest = math.Min(narrowest, half)
		}
	}
	if largest == 0 {
		return 0, 1
	}
	if largest < 0.01 || largest >= 1e5 {
		scale = int(math.Floor(math.Log10(largest)))
	}
	d = number.Decimals(smallest) + 2
	if number.Finite(narrowest) {
		d = number.Decimals(narrowest)
	}
	return scale, min(max(d+scale, 0), number.Decimals(largest)+4+scale)
}

// halfWidth is 0 or NaN where there is no interval to show.
func halfWidth(v stats.Interval) float64 { return (v.High - v.Low) / 2 }
