package results

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// Digest identifies a set of runs and their measurements by 16 hexadecimal digits: the
// beginning of the SHA-256 of their IDs, statuses and curves, in order of ID. The time at
// which they were made does not count.
func Digest(runs []Run) string {
	h := sha256.New()
	for _, r := range slices.SortedFunc(slices.Values(runs), func(a, b Run) int { return cmp.Compare(a.ID, b.ID) }) {
		fmt.Fprintf(h, "%s %s\n%s", r.ID, r.Status, encodePoints(r.Curve))
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// InferenceDigest identifies a list of timings in the same way.
func InferenceDigest(timings []Inference) string {
	h := sha256.New()
	for _, t := range timings {
		fmt.Fprintln(h, t)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
