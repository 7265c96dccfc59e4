package tokenizer

import "unicode/utf8"

func (s sequence) isNullable() bool {
	for _, p := range s {
		if !p.nullable {
			return false
		}
	}
	return true
}

// begins returns the ASCII characters with which a match that is not empty may begin.
func (s sequence) begins() (ascii [utf8.RuneSelf]bool) {
	for _, p := range s {
		if p.kind == class {
			for c, is := range p.set.ascii {
				ascii[c] = ascii[c] || is
			}
		} else if p.kind == group || p.kind == atomic {
			for _, inner := range p.inner {
				for c, is := range inner.begins() {
					ascii[c] = ascii[c] || is
				}
			}
		}
		if !p.nullable {
			break
		}
	}
	return ascii
}

// width returns the number of characters of every match; none if it varies.
func (s sequence) width() int {
	sum := 0
	for _, p := range s {
		w := p.width()
		if w == none {
			return none
		}
		if sum += w; sum > maxPattern {
			return none
		}
	}
	return sum
}

func (p parsed) width() int {
	w := 0
	switch p.kind {
	case class:
		w = 1
	case group, atomic:
		w = p.inner[0].width()
		for _, other := range p.inner[1:] {
			if other.width() != w {
				return none
			}
		}
	}
	if w > 0 && p.least != p.most || w == none {
		return none
	}
	return w * p.least
}
