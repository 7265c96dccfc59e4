package table

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
)

func intervals(head, unit, name string, all []stats.Interval) (Column, []Entry) {
	scale, d := precision(all)
	if scale != 0 {
		unit = strings.TrimSpace(fmt.Sprintf("1e%d %s", scale, unit))
	}
	if unit != "" {
		head += " (" + unit + ")"
	}
	power := math.Pow(10, float64(scale))
	entries := each(all, func(v stats.Interval) Entry {
		text := ""
		if number.Finite(v.Mean) {
			text = number.Fixed(v.Mean/power, d)
		}
		if half := halfWidth(v); half > 0 && number.Finite(half) {
			text += " ± " + number.Fixed(half/power, d)
		}
		return Entry{Text: text, Values: []string{
			number.Exact(v.Mean), number.Exact(v.Low), number.Exact(v.High), strconv.Itoa(v.N),
		}}
	})
	fields := []string{name, name + "_low", name + "_high", name + "_n"}
	return Column{Head: head, Fields: fields, Number: true}, entries
}

// precision returns the power of ten in which a column is written, and its number of
// decimals. The power is 0 for sizes that are easy to read as they are. The decimals show two
// digits of the narrowest interval or, if there is no interval, four of the smallest mean, but
// never more than six of the largest mean.
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

// halfWidth is 0 or NaN if there is no interval to show.
func halfWidth(v stats.Interval) float64 { return (v.High - v.Low) / 2 }
