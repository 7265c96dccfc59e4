package data

// rows packs pieces: it lays them end to end, and cuts them into rows that read as many tokens
// as the context holds.
type rows struct {
	context int
	tape    *tape
	closed  []Sequence
	end     int // of the last piece, on the tape that it came from

	from    int  // place at which the open row begins
	read    int  // number of tokens that it reads
	bytes   int  // in its scored tokens
	pending bool // whether its last token is only predicted so far
}

func newRows(context int) *rows { return &rows{context: context, tape: newTape(context)} }

// add appends a piece, whose tokens lie on another tape, and whose bytes come from left. If the
// piece ends its example, its last token is read too, but it predicts nothing.
func (r *rows) add(q piece, tokens []entry, left *shares, ends bool) {
	r.readNext(tokens[0], q.from+1 == r.end)
	for i, t := range tokens[1:] {
		if i > 0 {
			r.readNext(tokens[i], true)
		}
		r.predict(t, left.next())
	}
	if ends {
		r.readNext(tokens[len(tokens)-1], true)
		r.predict(0, 0)
	}
	r.end = q.to
}

// readNext appends a token to be read. If it goes on where the last token ended and that
// predicted it, it is on the tape.
func (r *rows) readNext(t entry, goesOn bool) {
	there := goesOn && t.isScored()
	if r.read == 0 {
		r.from = r.tape.len
		if there {
			r.from--
		}
	} else if r.pending && !there {
		*r.tape.at(r.tape.len - 1) |= unread
	}
	if !there {
		r.tape.append(t &^ scored)
	}
	r.read, r.pending = r.read+1, false
}

// predict sets what the last token that was read must predict: t, if it is scored.
func (r *rows) predict(t entry, bytes int) {
	if t.isScored() {
		r.tape.append(t)
		r.bytes, r.pending = r.bytes+bytes, true
	}
	if r.read == r.context {
		r.close()
	}
}

// close ends a row.
func (r *rows) close() {
	if r.read > 0 {
		r.closed = appendSequence(r.closed, r.tape.slice(r.from, r.tape.len), r.bytes)
	}
	r.read, r.bytes = 0, 0
}

// pack lays the pieces that are held out and the others out as rows.
func (p *pieces) pack(context int, held func(piece) bool) (train, val []Sequence) {
	of := map[bool]*rows{false: newRows(context), true: newRows(context)}
	for i, q := range p.list {
		ends := i+1 == len(p.list) || p.list[i+1].from >= q.to
		of[held(q)].add(q, p.tape.slice(q.from, q.to), &p.shares, ends)
		p.tape.forget(q.from)
	}
	of[false].close()
	of[true].close()
	return of[false].closed, of[true].closed
}

// apart makes each piece a sequence of its own.
func (p *pieces) apart(held func(piece) bool) (train, val []Sequence) {
	train = make([]Sequence, 0, len(p.list))
	for _, q := range p.list {
		side := &train
		if held(q) {
			side = &val
		}
		*side = appendSequence(*side, p.tape.slice(q.from, q.to), int(q.bytes))
	}
	return train, val
}
