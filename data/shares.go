package data

// shares say how many bytes of text each token of a tape stands for: a list of stretches of
// tokens that stand for as many each. Only sums matter, and the sum over a whole text is exact.
type shares []share

type share struct{ tokens, bytes int32 } // bytes of each of the tokens

// add appends tokens that stand for the given number of bytes each.
func (s *shares) add(tokens, bytes int) {
	last := len(*s) - 1
	switch {
	case tokens <= 0:
	case last >= 0 && (*s)[last].bytes == int32(bytes):
		(*s)[last].tokens += int32(tokens)
	default:
		*s = append(*s, share{int32(tokens), int32(bytes)})
	}
}

// spread appends tokens among which the bytes of a text are shared out evenly. Of the bytes that
// are left over, the last tokens have one each.
func (s *shares) spread(tokens, bytes int) {
	if tokens > 0 {
		s.add(tokens-bytes%tokens, bytes/tokens)
		s.add(bytes%tokens, bytes/tokens+1)
	}
}

// next takes the first token away and returns its number of bytes.
func (s *shares) next() int {
	first := &(*s)[0]
	bytes := first.bytes
	if first.tokens--; first.tokens == 0 {
		*s = (*s)[1:]
	}
	return int(bytes)
}

// cut takes the last token away.
func (s *shares) cut() {
	last := len(*s) - 1
	if (*s)[last].tokens--; (*s)[last].tokens == 0 {
		*s = (*s)[:last]
	}
}

// drop takes n tokens away, after the first few.
func (s *shares) drop(after, n int) {
	var rest shares
	for left := *s; len(left) > 0; after-- {
		bytes := left.next()
		if after > 0 || after <= -n {
			rest.add(1, bytes)
		}
	}
	*s = rest
}
