package transfer

import (
	"slices"
	"strings"

	"ranksweep/reproduction"
)

// standingOf is a claim's standing in words.
func standingOf(c reproduction.Claim) string { return strings.ReplaceAll(c.Standing, "-", " ") }

// claimOf returns a claim of the report by its key.
func claimOf(key string) (c reproduction.Claim) {
	for _, c := range reproduction.Claims() {
		if c.Key == key {
			return c
		}
	}
	return c
}

// quoted are the claims that the reasons of an answer name, each once.
func quoted(a *Answer) []reproduction.Claim {
	keys := make(map[string]bool)
	for _, w := range a.Ways {
		switch w.Keeps {
		case FirstStep:
			keys[startClaim(a.Optimizer)] = true
		case BestRate:
			for _, quantity := range quotedOfRates {
				m, ok := measuredOf(measuredUnder(a.Optimizer), quantity, w.p)
				keys[m.Claim] = keys[m.Claim] || ok
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(reproduction.Claims()), func(c reproduction.Claim) bool {
		return !keys[c.Key]
	})
}

// quotedOfRates are the quantities that reasons quote.
var quotedOfRates = []string{reproduction.BestRatePower, reproduction.TransferRegret}

// measuredOf returns what was measured of a quantity under an optimizer and a multiplier.
func measuredOf(optimizer, quantity string, p float64) (m reproduction.Rate, ok bool) {
	for _, m := range reproduction.Rates() {
		if m.Optimizer == optimizer && m.Quantity == quantity && m.P == p {
			return m, true
		}
	}
	return m, false
}
