package transfer

import (
	"encoding/csv"
	"strconv"
	"strings"

	"ranksweep/reproduction"
)

// Claim is a claim of this project's report.
type Claim struct {
	Number   string `json:"number"` // in REPRODUCTION.md
	Key      string `json:"claim"`
	Name     string `json:"name"`
	Runs     string `json:"runs"`       // optimizers, rates, steps, ranks and seeds
	Size     string `json:"parameters"` // of the embedded model, on which it was judged
	Standing string `json:"standing"`
}

// standing is the standing in words.
func (c Claim) standing() string { return strings.ReplaceAll(c.Standing, "-", " ") }

// measured is a number of a claim's study.
type measured struct {
	claim, optimizer, quantity string
	p, value, low, high        float64
	n, smallest, largest       int
}

// rowsOf reads an embedded file, without its head.
func rowsOf(file string) [][]string {
	rows, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	if err != nil {
		panic("transfer: the embedded report: " + err.Error()) // a test reads it
	}
	return rows[1:]
}

// claimOf returns a claim by its key.
func claimOf(key string) Claim {
	for _, row := range rowsOf(reproduction.Claims) {
		if row[1] == key {
			return Claim{row[0], row[1], row[2], row[3], row[4], row[5]}
		}
	}
	return Claim{}
}

// quoted are the claims that the reasons of an answer name, each once.
func quoted(a *Answer) (all []Claim) {
	keys := make(map[string]bool)
	for _, w := range a.Ways {
		switch w.Keeps {
		case FirstStep:
			keys[startClaim(a.Optimizer)] = true
		case BestRate:
			for _, quantity := range []string{ratePower, regret} {
				m, ok := measuredOf(measuredUnder(a.Optimizer), quantity, w.p)
				keys[m.claim] = keys[m.claim] || ok
			}
		}
	}
	for _, row := range rowsOf(reproduction.Claims) {
		if keys[row[1]] {
			all = append(all, claimOf(row[1]))
		}
	}
	return all
}

// measuredOf returns what was measured of a quantity under an optimizer and a multiplier.
func measuredOf(optimizer, quantity string, p float64) (m measured, ok bool) {
	for _, row := range rowsOf(reproduction.Rates) {
		f := func(i int) float64 { v, _ := strconv.ParseFloat(row[i], 64); return v }
		if row[1] == optimizer && row[3] == quantity && f(2) == p {
			return measured{row[0], row[1], row[3], f(2), f(4), f(5), f(6), int(f(7)), int(f(8)), int(f(9))}, true
		}
	}
	return measured{}, false
}
