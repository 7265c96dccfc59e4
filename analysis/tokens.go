package analysis

import (
	"slices"

	"ranksweep/results"
)

// SameTokens reports whether losses a token of all rows are of the same tokens, as far as their records tell. A
// token of one tokenizer is no token of another, so that a mean over the ones says nothing beside a mean over the
// others.
func SameTokens(rows []Row) bool {
	return !slices.ContainsFunc(rows, func(r Row) bool { return !sameTokens(r.Run, rows[0].Run) })
}

// sameTokens reports whether two runs have one model, by its content or, where that is not known, by its name; or one
// set of data that is cut into as many tokens and bytes in each batch.
func sameTokens(a, b results.Run) bool {
	x, y := a.Provenance, b.Provenance
	if x.ModelHash == y.ModelHash {
		return x.ModelHash != "" || configFields(a.Config)["model"] == configFields(b.Config)["model"]
	}
	sameBytes := func(a, b results.ValidationBatch) bool { return a.Bytes == b.Bytes || a.Bytes == 0 || b.Bytes == 0 }
	return x.DataHash == y.DataHash && len(a.Validation) > 0 && results.SameBatches(a.Validation, b.Validation) &&
		slices.EqualFunc(a.Validation, b.Validation, sameBytes)
}
