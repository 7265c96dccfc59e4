package paper

import (
	"fmt"
	"math"

	"ranksweep/paper/number"
)

// offBy says how far a value is from what is claimed of it.
func offBy(far float64) string { return "off by " + number.Significant(far, 2) }

// offFlat says how far a power is from the side of ±flat on which a claim puts it.
func offFlat(far, flat float64) string {
	return fmt.Sprintf("%s on the wrong side of ±%s", number.Significant(far, 2), number.Brief(flat))
}

// offRange is how far a value lies outside of a range; 0 inside of it.
func offRange(v, low, high float64) float64 { return math.Max(0, math.Max(low-v, v-high)) }

// offLimit is how far a value lies inside of ±limit; 0 outside of it.
func offLimit(v, limit float64) float64 { return math.Max(0, limit-math.Abs(v)) }

// share is the difference as a part of what the reference learned; NaN if that is not known.
func (d comparison) share() float64 {
	if margin := d.margin(); margin > 0 {
		return learnedMargin * d.Difference.Mean / margin
	}
	return math.NaN()
}

// sharesOf are the shares of comparisons, with their intervals. One without a margin has none.
func sharesOf(family ...comparison) (all []Number) {
	for _, d := range family {
		if margin := d.margin(); margin > 0 {
			unit := margin / learnedMargin
			all = append(all, Number{d.name(d.Cell), d.share(), d.Difference.Low / unit,
				d.Difference.High / unit})
		}
	}
	return all
}

// off says how much higher or lower the first setting ends; empty if that is not known.
func (d comparison) off() string {
	share, which := d.share(), "higher"
	if math.IsNaN(share) {
		return ""
	}
	if share < 0 {
		which = "lower"
	}
	return fmt.Sprintf("%s at rank %d ends %s by %s%% of what was learned", d.name(d.Cell), d.Cell.Rank, which,
		number.Fixed(100*math.Abs(share), 1))
}
