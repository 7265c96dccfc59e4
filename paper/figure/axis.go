package figure

import (
	"math"
	"slices"
	"strconv"

	"ranksweep/paper/number"

	"gonum.org/v1/plot"
)

// An Axis is one direction of a panel: its title, its scale and its range.
type Axis struct {
	Label    string
	Log      bool
	Whole    bool      // ticks stand at whole numbers only
	Few      bool      // labels lie side by side: half as many ticks
	At       []float64 // where ticks must stand; empty: at round numbers
	Names    []string  // what ticks at 0, 1, 2 … are called; empty: their numbers
	Upright  bool      // labels of ticks are turned, since they are longer than they lie apart
	Min, Max float64

	digit float64 // width of a label's digit as a part of the axis, if it is known; 0: see wide
}

// TriedAxis is a logarithmic axis with a tick at each value that was tried.
func TriedAxis(label string, tried []float64, few bool) Axis {
	at := slices.Clone(tried)
	slices.Sort(at)
	at = slices.Compact(at)
	return Axis{Label: label, Log: true, Few: few, At: at}.Over(at...)
}

// holds reports whether the axis can show v.
func (a Axis) holds(v float64) bool {
	return !math.IsNaN(v) && !math.IsInf(v, 0) && (!a.Log || v > 0)
}

// Over returns the axis with a range that contains every value that it can show, and a margin.
// Without such values the range is from 0 to 1, or from 0.1 to 1 on a logarithmic axis. If all
// values are equal, they stand in the middle.
func (a Axis) Over(values ...float64) Axis {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if a.holds(v) {
			low, high = math.Min(low, a.place(v)), math.Max(high, a.place(v))
		}
	}
	if low > high {
		low, high = a.place(0.1), a.place(1)
		if !a.Log {
			low = 0
		}
	}
	margin := 0.04 * (high - low)
	if size := math.Max(math.Abs(low), math.Abs(high)); a.Log {
		margin = math.Max(margin, (math.Log(leastFactor)-(high-low))/2)
	} else if high-low <= flatness*size {
		margin = math.Max(0.1, 0.1*size)
	}
	a.Min, a.Max = a.value(low-margin), a.value(high+margin)
	return a
}

// Roomy is Over with at least a share of the axis, of 0 to 1/2, free beyond the values at each end.
func (a Axis) Roomy(share float64, values ...float64) Axis {
	a = a.Over(values...)
	low, high := a.place(a.Max), a.place(a.Min)
	for _, v := range values {
		if a.holds(v) {
			low, high = math.Min(low, a.place(v)), math.Max(high, a.place(v))
		}
	}
	if free := share * (high - low) / (1 - 2*share); low <= high {
		a.Min = math.Min(a.Min, a.value(low-free))
		a.Max = math.Max(a.Max, a.value(high+free))
	}
	return a
}

const (
	// leastFactor is the least ratio of the ends of a logarithmic axis, so that noise around a
	// level does not look like a trend.
	leastFactor = 2.5
	// flatness is the relative difference below which values count as equal: labels of ticks
	// could not tell them apart.
	flatness = 1e-4
)

// place is the position of v on the axis before scaling, value its inverse.
func (a Axis) place(v float64) float64 {
	if a.Log {
		return math.Log(v)
	}
	return v
}

func (a Axis) value(place float64) float64 {
	if a.Log {
		return math.Exp(place)
	}
	return place
}

// Normalize implements plot.Normalizer. A value that the axis cannot show is placed below its
// lower end.
func (a Axis) Normalize(min, max, v float64) float64 {
	if !a.holds(v) {
		return -1
	}
	return (a.place(v) - a.place(min)) / (a.place(max) - a.place(min))
}

// Ticks implements plot.Ticker.
func (a Axis) Ticks(min, max float64) []plot.Tick {
	switch {
	case len(a.Names) > 0 && a.digit > 0 && !a.Upright:
		return a.apart(a.namedTicks(), min, max)
	case len(a.Names) > 0:
		return a.namedTicks()
	case len(a.At) > 0:
		return a.ticksAt(min, max)
	case a.Log && max/min >= 4 && a.narrow():
		return a.apart(logTicks(min, max), min, max)
	case a.Log && max/min >= 4:
		return logTicks(min, max)
	case a.narrow():
		return a.apart(a.roundTicks(min, max), min, max)
	}
	return a.roundTicks(min, max)
}

// namedTicks name the places of an axis that has no numbers.
func (a Axis) namedTicks() []plot.Tick {
	var ticks []plot.Tick
	for i, name := range a.Names {
		ticks = append(ticks, plot.Tick{Value: float64(i), Label: name})
	}
	return ticks
}

// The width of a label's digit as a part of the axis, rounded up: in a single panel, and in one
// of a row of panels.
const (
	digitWide      = 0.021
	digitWideInRow = 0.06
)

// ticksAt labels those of the given ticks that are far enough apart.
func (a Axis) ticksAt(min, max float64) []plot.Tick {
	var ticks []plot.Tick
	write := number.Alike(a.At...)
	for _, v := range a.At {
		ticks = append(ticks, plot.Tick{Value: v, Label: write(v)})
	}
	return a.apart(ticks, min, max)
}

// narrow reports whether labels may be wider than they lie apart.
func (a Axis) narrow() bool { return a.Few || a.digit > 0 }

// wide is the width of a label's digit as a part of the axis.
func (a Axis) wide() float64 {
	switch {
	case a.digit > 0:
		return a.digit
	case a.Few:
		return digitWideInRow
	}
	return digitWide
}

// apart removes the labels that are too near to another. The first tick keeps its label, and so does the last
// if it can.
func (a Axis) apart(ticks []plot.Tick, min, max float64) []plot.Tick {
	type room struct{ low, high float64 }
	var taken []room
	wide := a.wide()
	for _, i := range endsFirst(len(ticks)) {
		at, half := a.Normalize(min, max, ticks[i].Value), wide*float64(len(ticks[i].Label))/2
		label := room{at - half, at + half + wide/2}
		switch {
		case ticks[i].Label == "":
		case slices.ContainsFunc(taken, func(r room) bool { return label.low < r.high && r.low < label.high }):
			ticks[i].Label = ""
		default:
			taken = append(taken, label)
		}
	}
	return ticks
}

// endsFirst are the indexes of n items: the first, the last, and then the others.
func endsFirst(n int) (all []int) {
	for i := range n {
		all = append(all, i)
	}
	if n > 2 {
		all = slices.Insert(all[:n-1], 1, n-1)
	}
	return all
}

// roundTicks are at multiples of 1, 2 or 5 times a power of ten: four to ten ticks, or two to
// five on an axis with few labels.
func (a Axis) roundTicks(min, max float64) []plot.Tick {
	least := 4.0
	if a.Few {
		least = 2
	}
	exponent := math.Floor(math.Log10((max - min) / least))
	step := math.Pow(10, exponent)
	for _, m := range []float64{5, 2} {
		if (max-min)/(m*step) >= least {
			step *= m
			break
		}
	}
	if a.Whole && step < 1 {
		step, exponent = 1, 0
	}
	decimals := int(math.Max(0, -exponent))
	var ticks []plot.Tick
	for k := math.Ceil(min / step); k*step <= max; k++ {
		v := k*step + 0 // no negative zero
		label := strconv.FormatFloat(v, 'f', decimals, 64)
		if exponent > 5 || math.Max(math.Abs(min), math.Abs(max)) < 1e-3 {
			label = number.Brief(v)
		}
		ticks = append(ticks, plot.Tick{Value: v, Label: label})
	}
	return ticks
}

// logTicks labels 1, 2 and 5 of each decade. If there are more than two and a half decades, it
// labels only the decades, and if there are more than eight, only some of them. The digits
// between have ticks without labels.
func logTicks(min, max float64) []plot.Tick {
	first, last := int(math.Floor(math.Log10(min))), int(math.Ceil(math.Log10(max)))
	every := 1 + (last-first)/9
	few := math.Log10(max/min) <= 2.5
	var ticks []plot.Tick
	write := number.Alike(min, max)
	for e := first; e <= last; e++ {
		for digit := 1; digit <= 9; digit++ {
			v := float64(digit) * math.Pow(10, float64(e))
			if v < min || v > max {
				continue
			}
			tick := plot.Tick{Value: v}
			switch {
			case digit == 1 && e%every == 0, few && (digit == 2 || digit == 5):
				tick.Label = write(v)
			case every > 1:
				continue
			}
			ticks = append(ticks, tick)
		}
	}
	return ticks
}
