// Package recompute computes the numbers of REPRODUCTION.md again from the files beside it, and
// judges its claims by their rules. It shares no code with the program that wrote the page: its
// formulas are those of docs/statistics.md, columns.csv and comments. It consists of tests. To
// check a report other than the committed one:
//
//	go test ./reproduction/recompute -v -report FOLDER
package recompute

const (
	committedPage   = "../../REPRODUCTION.md"
	committedFolder = "../../reproduction"
)

// The limits of tests, unless a rule has others.
const (
	level  = 0.05 // of P values, corrected
	margin = 0.1  // of what the reference learned: a difference that matters
	near   = 0.03 // powers of rank that make no difference to anyone
	flat   = 0.1  // power of a first loss drop that counts as free of rank
)
