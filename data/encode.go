package data

import (
	"context"
	"errors"
	"strings"

	"ranksweep/tokenizer/chat"
)

// Tokenizer has the methods of a tokenizer that encoding needs. tokenizer.Tokenizer is one.
// Encode and its like give ids to yield, some at a time, in memory that is used again.
type Tokenizer interface {
	// EncodeTo encodes a whole text, with the ids that the tokenizer's template puts around
	// it, such as a BOS.
	EncodeTo(ctx context.Context, text string, yield func(ids []int32)) error
	// EncodePieceTo encodes a text that continues another one.
	EncodePieceTo(ctx context.Context, text string, yield func(ids []int32)) error
	// EncodeBareTo encodes a whole text, without the ids of the template.
	EncodeBareTo(ctx context.Context, text string, yield func(ids []int32)) error
	// Decode returns the text of ids without special tokens.
	Decode(ctx context.Context, ids []int32) (string, error)
	// EOS returns the token that ends a text, if there is one.
	EOS() (id int32, ok bool)
	// Chat returns the template of conversations, or nil if there is none.
	Chat() (*chat.Template, error)
}

// encoder turns examples into tokens.
type encoder struct {
	tokenizer Tokenizer
	settings  Settings
	eos       int32
	hasEOS    bool
	plain     int // number of conversations laid out without a template

	tape    *tape  // the tokens of all examples
	shares  shares // of the last example's tokens
	special map[int32]bool
}

func newEncoder(t Tokenizer, s Settings) *encoder {
	e := &encoder{tokenizer: t, settings: s, tape: newTape(s.Context), special: make(map[int32]bool)}
	e.eos, e.hasEOS = t.EOS()
	return e
}

// encode puts the tokens of an example on the tape. The first is not scored, since nothing before
// it could predict it.
func (e *encoder) encode(ctx context.Context, x Example) error {
	from := e.tape.len
	e.shares = e.shares[:0]
	if err := e.example(ctx, x); err != nil {
		return err
	}
	if e.tape.len > from {
		*e.tape.at(from) &^= scored
	}
	return nil
}

func (e *encoder) example(ctx context.Context, x Example) error {
	if x.isConversation() {
		t, err := e.tokenizer.Chat()
		if err != nil {
			return err
		}
		if t != nil {
			return e.layOut(ctx, t, x)
		}
		e.plain++
		if x, err = x.plain(); err != nil {
			return err
		}
	}
	for i, s := range x {
		if err := e.segment(ctx, s, i == 0); err != nil {
			return err
		}
	}
	return nil
}

// segment adds the tokens of a segment, the first of an example or one that follows.
func (e *encoder) segment(ctx context.Context, s Segment, isFirst bool) error {
	from, mark := e.tape.len, e.mark(s.Kind)
	add := e.following
	if isFirst {
		add = e.first
	}
	if err := add(ctx, s.Text, mark); err != nil {
		return err
	}
	last := e.tape.len - 1
	closed := isFirst && e.hasEOS && last > from && e.tape.at(last).id() == e.eos
	ends := s.Kind == Completion || s.Kind == Quoted || s.Kind == Text && e.settings.EOS
	switch {
	case ends && !e.hasEOS:
		return errNoEOS
	case ends && !closed:
		e.tape.append(entry(e.eos) | mark)
		e.shares.add(1, 0)
	case closed && s.Kind == Prompt:
		e.tape.cut(last) // the EOS of the template belongs after the completion
		e.shares.cut()
	}
	return nil
}

var errNoEOS = errors.New("the tokenizer has no EOS to score: name one as eos_token in tokenizer_config.json")

// mark returns the mark of the tokens of a segment.
func (e *encoder) mark(k Kind) entry {
	if k == Quoted || k == Prompt && e.settings.Loss != LossAll {
		return 0
	}
	return scored
}

// text puts the tokens of a text on the tape, marked, and returns their number.
func (e *encoder) text(ctx context.Context, encode encoding, text string, mark entry) (int, error) {
	from := e.tape.len
	err := encode(ctx, text, func(ids []int32) {
		for _, id := range ids {
			e.tape.append(entry(id) | mark)
		}
	})
	return e.tape.len - from, err
}

// encoding is one of a tokenizer's ways to encode a text.
type encoding func(ctx context.Context, text string, yield func(ids []int32)) error

// following adds the tokens of a text that continues the example.
func (e *encoder) following(ctx context.Context, text string, mark entry) error {
	n, err := e.text(ctx, e.tokenizer.EncodePieceTo, text, mark)
	e.shares.spread(n, len(text))
	return err
}

// first adds the tokens of an example's first text. The first token is a BOS, or it counts the
// bytes to which it decodes, since they are not scored.
func (e *encoder) first(ctx context.Context, text string, mark entry) error {
	from := e.tape.len
	n, err := e.text(ctx, e.tokenizer.EncodeTo, text, mark)
	if err != nil || n == 0 {
		return err
	}
	first, err := e.tokenizer.Decode(ctx, []int32{e.tape.at(from).id()})
	if err != nil {
		return err
	}
	if !strings.HasPrefix(text, first) { // it is a part of a character, or the text was normalized
		e.shares.spread(n, len(text))
		return nil
	}
	e.shares.add(1, len(first))
	e.shares.spread(n-1, len(text)-len(first))
	return nil
}
