// Package recompute computes the numbers of REPRODUCTION.md anew from the files
// beside it, and judges its claims by their rules. It shares no code with what wrote
// the page: formulas are written from docs/statistics.md and from what columns.csv and
// comments say. It has tests alone. Another report than the committed one is held to its
// files by
//
//	go test ./paper/recompute -v -report FOLDER
package recompute

const (
	committedPage   = "../../REPRODUCTION.md"
	committedFolder = "../../reproduction"
)

// What tests hold numbers to, unless a rule says otherwise.
const (
	level  = 0.05 // of P values, corrected
	margin = 0.1  // of what the reference learned: a difference that matters
	near   = 0.03 // powers of rank that make no difference to anyone
	flat   = 0.1  // power of a first loss drop that counts as free of rank
)
