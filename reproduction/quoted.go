// Package reproduction has the report's results. The program quotes those that are embedded here.
package reproduction

import (
	_ "embed" // for the files below
	"encoding/csv"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
)

// The files as package paper writes them: all claims, and what was measured of best learning rates.
var (
	//go:embed claims.csv
	claimsFile string
	//go:embed rates.csv
	ratesFile string
)

// Claim is a claim of the report.
type Claim struct {
	Number     string `json:"number"` // in REPRODUCTION.md
	Key        string `json:"claim"`
	Name       string `json:"name"`
	Runs       string `json:"runs"`       // optimizers, rates, steps, ranks and seeds
	Parameters string `json:"parameters"` // of the embedded model, on which it was judged
	Standing   string `json:"standing"`
}

// The quantities of a Rate.
const (
	BestRatePower     = "best-rate-power"     // the power of rank of the best learning rate
	BestRateCurvature = "best-rate-curvature" // of its logarithm in that of the rank; 0 for a power
	BestRatesLeftOut  = "best-rates-left-out" // how many lie at an edge of those tried; there is no curvature then
	// BestRatesBesideWall is how many lie next to a rate at which training failed; its ends are the powers if each of
	// these were the rate tried below it, or the one above it.
	BestRatesBesideWall = "best-rates-beside-wall"
	TransferRegret      = "transfer-regret" // what a transferred rate loses, in percent of what was learned
	TransferMost        = "transfer-most"   // the same, of the pair of seeds that loses most
)

// Rate is a number that a claim's study measured of best learning rates under one multiplier.
type Rate struct {
	Claim             string // its key
	Optimizer         string
	P                 float64 // power of the multiplier α/r^p
	Quantity          string
	Value, Low, High  float64 // the ends are NaN if there is no interval
	Seeds             int
	Smallest, Largest int // ranks
}

// Claims lists the claims in the order of the report.
var Claims = sync.OnceValue(func() (all []Claim) {
	for _, row := range rowsOf(claimsFile) {
		all = append(all, Claim{row[0], row[1], row[2], row[3], row[4], row[5]})
	}
	return all
})

// Rates lists what was measured of best rates.
var Rates = sync.OnceValue(func() (all []Rate) {
	for _, row := range rowsOf(ratesFile) {
		n := func(column int) float64 { return numberIn(row[column]) }
		all = append(all, Rate{row[0], row[1], n(2), row[3], n(4), n(5), n(6), int(n(7)), int(n(8)), int(n(9))})
	}
	return all
})

// rowsOf reads an embedded file, without its head.
func rowsOf(file string) [][]string {
	rows, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("reproduction: the embedded report: %v", err))
	}
	return rows[1:]
}

// numberIn reads a cell, which is empty for NaN.
func numberIn(text string) float64 {
	if text == "" {
		return math.NaN()
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic(fmt.Sprintf("reproduction: the embedded report: %v", err))
	}
	return v
}
