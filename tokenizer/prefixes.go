package tokenizer

// prefixes are distinct texts in their order, none of them empty. A text is found among them by
// its bytes, from the first on.
type prefixes struct {
	texts  []string
	starts [257]int // the place in texts of the first one that begins with a byte, or with a greater one
}

func newPrefixes(texts []string) prefixes {
	p := prefixes{texts: texts}
	for _, text := range texts {
		p.starts[int(text[0])+1]++
	}
	for c := range 256 {
		p.starts[c+1] += p.starts[c]
	}
	return p
}

// begin reports whether one of the texts begins with a byte.
func (p *prefixes) begin(c byte) bool { return p.starts[c] < p.starts[int(c)+1] }

// find yields those with which text begins, the shortest first, and returns the number of bytes of
// text that it looked at. text is not empty.
func (p *prefixes) find(text string, yield func(i int)) (looked int) {
	lo, hi := p.starts[text[0]], p.starts[int(text[0])+1]
	n := 1
	for lo < hi {
		// All from lo to hi begin with text[:n]; one that is equal to it comes first.
		if len(p.texts[lo]) == n {
			yield(lo)
			lo++
		}
		if lo == hi || n == len(text) {
			break
		}
		c := int(text[n])
		lo = p.first(lo, hi, n, c)
		hi = p.first(lo, hi, n, c+1)
		n++
	}
	return n
}

// first returns the first from lo to hi whose byte n is at least c, or hi.
func (p *prefixes) first(lo, hi, n, c int) int {
	for lo < hi {
		if middle := (lo + hi) / 2; int(p.texts[middle][n]) < c {
			lo = middle + 1
		} else {
			hi = middle
		}
	}
	return lo
}
