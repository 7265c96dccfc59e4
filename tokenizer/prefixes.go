package tokenizer

// prefixes are distinct texts in their order, none of them empty. A text is found among them by
// its bytes, from the first on.
type prefixes []string

// find yields those with which text begins, the shortest first, and returns the number of bytes of
// text that it looked at.
func (p prefixes) find(text string, yield func(i int)) (looked int) {
	lo, hi := 0, len(p)
	for n := range len(text) {
		// All from lo to hi begin with text[:n]; one that is equal to it comes first.
		c := int(text[n])
		lo = p.first(lo, hi, n, c)
		hi = p.first(lo, hi, n, c+1)
		if lo == hi {
			return n + 1
		}
		if len(p[lo]) == n+1 {
			yield(lo)
			if lo++; lo == hi {
				return n + 1
			}
		}
	}
	return len(text)
}

// first returns the first from lo to hi whose byte n is at least c, or hi.
func (p prefixes) first(lo, hi, n, c int) int {
	for lo < hi {
		if middle := (lo + hi) / 2; int(p[middle][n]) < c {
			lo = middle + 1
		} else {
			hi = middle
		}
	}
	return lo
}
