// Package misspelt finds the name that a misspelt name was meant to be.
package misspelt

import (
	"fmt"
	"strings"
)

// Unknown returns the error for a name that is not among the allowed names.
func Unknown(what, name string, allowed []string) error {
	hint := ""
	if near, ok := Nearest(name, allowed); ok {
		hint = fmt.Sprintf("did you mean %q? ", near)
	}
	return fmt.Errorf("unknown %s %q: %sknown: %s", what, name, hint, strings.Join(allowed, ", "))
}

// Nearest returns the name that differs from the given one by the fewest typing
// errors, if there is at most one error in three letters.
func Nearest(name string, among []string) (string, bool) {
	best, least := "", max(1, len(name)/3)+1
	for _, candidate := range among {
		if d := distance(name, candidate); d < least {
			best, least = candidate, d
		}
	}
	return best, best != ""
}

// distance counts the typing errors that turn a into b: letters inserted, dropped,
// changed, or swapped with their neighbour (optimal string alignment).
func distance(a, b string) int {
	d := make([][]int, len(a)+1) // d[i][j] is the distance between a[:i] and b[:j]
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := d[i-1][j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			d[i][j] = min(change, d[i-1][j]+1, d[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
