package paper

import (
	"ranksweep/analysis"
	"ranksweep/metrics/stats"
)

// The quantities of a RateNumber.
const (
	BestRatePower     = "best-rate-power"     // the power of rank of the best learning rate
	BestRateCurvature = "best-rate-curvature" // of its logarithm in that of the rank; 0 for a power
	TransferRegret    = "transfer-regret"     // what a transferred rate loses, in percent of what was learned
	TransferMost      = "transfer-most"       // the same, of the seed that loses most
)

// RateNumber is what a claim's study measured of the best learning rates under one multiplier.
type RateNumber struct {
	Optimizer         string
	P                 float64 // power of the multiplier α/r^p
	Quantity          string
	Smallest, Largest int // ranks
	stats.Interval        // 95%, over seeds; of best rates with the error from validation
}

// newRateNumber is a number of arms that differ only in their rate.
func newRateNumber(group []analysis.Arm, quantity string, i stats.Interval) RateNumber {
	ranks := ranksOf(cellsOf(group))
	return RateNumber{group[0].Optimizer, group[0].Powers.P, quantity, ranks[0], ranks[len(ranks)-1], i}
}
