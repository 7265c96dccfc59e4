package data

import (
	"context"
	"errors"
	"slices"
	"strings"

	"ranksweep/tokenizer/chat"
)

// Tokenizer has the methods of a tokenizer that encoding needs. tokenizer.Tokenizer is one.
type Tokenizer interface {
	// Encode returns the ids of a whole text, with the ids that the tokenizer's template
	// puts around it, such as a BOS.
	Encode(ctx context.Context, text string) ([]int32, error)
	// EncodePiece returns the ids of a text that continues another one.
	EncodePiece(ctx context.Context, text string) ([]int32, error)
	// Decode returns the text of ids without special tokens.
	Decode(ctx context.Context, ids []int32) (string, error)
	// EOS returns the token that ends a text, if there is one.
	EOS() (id int32, ok bool)
	// EncodeBare returns the ids of a whole text, without those of the template.
	EncodeBare(ctx context.Context, text string) ([]int32, error)
	// Chat returns the template of conversations, or nil if there is none.
	Chat() (*chat.Template, error)
}

// symbol is a token of an example.
type symbol struct {
	id    int32
	bytes int32 // number of bytes of the example's text that it stands for
	score bool  // whether its prediction counts in the loss
}

// encoder turns examples into tokens.
type encoder struct {
	tokenizer Tokenizer
	settings  Settings
	eos       int32
	hasEOS    bool
	plain     int // number of conversations laid out without a template
}

func newEncoder(t Tokenizer, s Settings) *encoder {
	e := &encoder{tokenizer: t, settings: s}
	e.eos, e.hasEOS = t.EOS()
	return e
}

// encode returns the tokens of an example. The first is not scored, since nothing before it
// could predict it.
func (e *encoder) encode(ctx context.Context, x Example) ([]symbol, error) {
	if x.isConversation() {
		t, err := e.tokenizer.Chat()
		if err != nil {
			return nil, err
		}
		if t != nil {
			return e.layOut(ctx, t, x)
		}
		e.plain++
		if x, err = x.plain(); err != nil {
			return nil, err
		}
	}
	var tokens []symbol
	for i, s := range x {
		part, err := e.segment(ctx, s.Text, i == 0)
		if err != nil {
			return nil, err
		}
		closed := i == 0 && e.hasEOS && len(part) > 1 && part[len(part)-1].id == e.eos
		ends := s.Kind == Completion || s.Kind == Quoted || s.Kind == Text && e.settings.EOS
		switch {
		case ends && !e.hasEOS:
			return nil, errNoEOS
		case ends && !closed:
			part = append(part, symbol{id: e.eos})
		case closed && s.Kind == Prompt:
			part = part[:len(part)-1] // the EOS of the template belongs after the completion
		}
		for j := range part {
			part[j].score = e.scores(s.Kind)
		}
		tokens = append(tokens, part...)
	}
	if len(tokens) > 0 {
		tokens[0].score = false
	}
	return tokens, nil
}

// scores reports whether a segment counts in the loss.
func (e *encoder) scores(k Kind) bool {
	return k != Quoted && (k != Prompt || e.settings.Loss == LossAll)
}

var errNoEOS = errors.New("the tokenizer has no EOS to score: name one as eos_token in tokenizer_config.json")

// segment returns the tokens of the first text of an example, or of one that follows.
func (e *encoder) segment(ctx context.Context, text string, isFirst bool) ([]symbol, error) {
	if isFirst {
		return e.begin(ctx, text)
	}
	ids, err := e.tokenizer.EncodePiece(ctx, text)
	return spread(ids, len(text)), err
}

// begin returns the tokens of an example's first text. The first token is a BOS, or it counts
// the bytes to which it decodes, since they are not scored.
func (e *encoder) begin(ctx context.Context, text string) ([]symbol, error) {
	ids, err := e.tokenizer.Encode(ctx, text)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	first, err := e.tokenizer.Decode(ctx, ids[:1])
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(text, first) { // it is a part of a character, or the text was normalized
		return spread(ids, len(text)), nil
	}
	return slices.Concat(
		spread(ids[:1], len(first)),
		spread(ids[1:], len(text)-len(first))), nil
}

// spread shares out the bytes of a text evenly among its tokens. Only sums matter, and the
// sum over a whole text is exact.
func spread(ids []int32, bytes int) []symbol {
	tokens := make([]symbol, len(ids))
	for i, id := range ids {
		share := bytes / (len(ids) - i)
		tokens[i] = symbol{id: id, bytes: int32(share)}
		bytes -= share
	}
	return tokens
}
