package explain

import (
	"fmt"
	"math"
)

// MostRank is the largest rank of a ranksweep experiment.
const MostRank = 1 << 20

// bound is what a number must be.
type bound struct {
	want  string
	holds func(float64) bool
}

// The bounds of settings. Those of α are of a ranksweep experiment.
var (
	ofAlpha   = bound{"a number above 0 and at most 1e6", func(v float64) bool { return v > 0 && v <= 1e6 }}
	ofRate    = bound{"a number of at least 0", func(v float64) bool { return v >= 0 }}
	ofRatio   = bound{"a number above 0", func(v float64) bool { return v > 0 }}
	ofDropout = bound{"a number from 0 to 1", func(v float64) bool { return v >= 0 && v <= 1 }}
	ofRank    = bound{fmt.Sprintf("a whole number from 1 to %d", MostRank), func(v float64) bool {
		return v >= 1 && v <= MostRank && v == math.Trunc(v)
	}}
)
