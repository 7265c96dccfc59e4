package data

import (
	"errors"
	"slices"
	"strings"

	"ranksweep/tokenizer/chat"
)

// Tokenizer is what encoding needs of one; tokenizer.Tokenizer is such.
type Tokenizer interface {
	// Encode returns a whole text's ids, with those that the tokenizer's
	// template puts around it, such as a BOS.
	Encode(text string) []int32
	// EncodePiece returns the ids of a text that goes on from another.
	EncodePiece(text string) []int32
	// Decode returns the text of ids without special tokens.
	Decode(ids []int32) string
	// EOS returns the token that ends a text, if there is one.
	EOS() (id int32, ok bool)
	// EncodeBare is Encode without what the template puts around a text.
	EncodeBare(text string) []int32
	// Chat returns the template of conversations; nil if there is none.
	Chat() (*chat.Template, error)
}

// symbol is a token of an example.
type symbol struct {
	id    int32
	bytes int32 // how much of the example's text it stands for
	score bool  // whether its prediction counts in the loss
}

// encoder turns examples into tokens.
type encoder struct {
	tokenizer Tokenizer
	settings  Settings
	eos       int32
	hasEOS    bool
	plain     int // conversations laid out without a template
}

func newEncoder(t Tokenizer, s Settings) *encoder {
	e := &encoder{tokenizer: t, settings: s}
	e.eos, e.hasEOS = t.EOS()
	return e
}

// encode returns the tokens of an example. The first is not scored, since
// there is nothing to predict it from.
func (e *encoder) encode(x Example) ([]symbol, error) {
	if x.isConversation() {
		t, err := e.tokenizer.Chat()
		if err != nil {
			return nil, err
		}
		if t != nil {
			return e.layOut(t, x)
		}
		e.plain++
		x = x.plain()
	}
	var tokens []symbol
	for i, s := range x {
		var part []symbol
		if i == 0 {
			part = e.begin(s.Text)
		} else {
			part = spread(e.tokenizer.EncodePiece(s.Text), len(s.Text))
		}
		closed := i == 0 && e.hasEOS && len(part) > 1 && part[len(part)-1].id == e.eos
		ends := s.Kind == Completion || s.Kind == Text && e.settings.EOS
		switch {
		case ends && !e.hasEOS:
			return nil, errNoEOS
		case ends && !closed:
			part = append(part, symbol{id: e.eos})
		case closed && s.Kind == Prompt:
			part = part[:len(part)-1] // the template's EOS has its place after the completion
		}
		for j := range part {
			part[j].score = s.Kind != Prompt || e.settings.Loss == LossAll
		}
		tokens = append(tokens, part...)
	}
	if len(tokens) > 0 {
		tokens[0].score = false
	}
	return tokens, nil
}

var errNoEOS = errors.New("the tokenizer has no EOS to score: name one as eos_token in tokenizer_config.json")

// begin returns the tokens of the text that an example begins with. The first
// is a BOS, or has the bytes that it decodes to, since they are not scored.
func (e *encoder) begin(text string) []symbol {
	ids := e.tokenizer.Encode(text)
	if len(ids) == 0 {
		return nil
	}
	first := e.tokenizer.Decode(ids[:1])
	if !strings.HasPrefix(text, first) { // a part of a character, or normalized
		return spread(ids, len(text))
	}
	return slices.Concat(
		spread(ids[:1], len(first)),
		spread(ids[1:], len(text)-len(first)))
}

// spread shares out the bytes of a text evenly among its tokens. Only sums
// matter, and that of a whole text is exact.
func spread(ids []int32, bytes int) []symbol {
	tokens := make([]symbol, len(ids))
	for i, id := range ids {
		share := bytes / (len(ids) - i)
		tokens[i] = symbol{id: id, bytes: int32(share)}
		bytes -= share
	}
	return tokens
}
