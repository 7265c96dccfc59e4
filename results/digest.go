package results

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// Digest tells runs, and what was measured of them, from others: 16 digits of the
// SHA-256 of their IDs, endings and curves, in order of ID. When they were made does
// not count.
func Digest(runs []Run) string {
	h := sha256.New()
	for _, r := range slices.SortedFunc(slices.Values(runs), func(a, b Run) int { return cmp.Compare(a.ID, b.ID) }) {
		fmt.Fprintf(h, "%s %s\n%s", r.ID, r.Status, encodePoints(r.Curve))
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// InferenceDigest is the same of timings.
func InferenceDigest(timings []Inference) string {
	h := sha256.New()
	for _, t := range timings {
		fmt.Fprintln(h, t)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
