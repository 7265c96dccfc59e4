// Package reproduction has the report's results. The program quotes those that are embedded here.
package reproduction

import _ "embed" // for the files below

// Claims and Rates are files of the report, as package paper writes them: all claims with their
// standings, and what was measured of best learning rates.
var (
	//go:embed claims.csv
	Claims string
	//go:embed rates.csv
	Rates string
)
