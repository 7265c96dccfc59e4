package data

import (
	"context"
	"errors"
	"fmt"
)

// Dataset is a corpus in the tokens of a model. It does not change once it is made, so
// concurrent runs may share it.
type Dataset struct {
	Train, Val []Sequence
	Stats      Stats
}

// Stats counts the examples of a corpus by what encoding did to them.
type Stats struct {
	Examples  int // all examples of the corpus
	Shortened int // examples longer than the context, whose prompt lost its beginning
	Truncated int // examples that were still too long, and lost their end
	Dropped   int // examples with nothing to score
	Plain     int // conversations laid out without a template, since the tokenizer has none
}

// Warnings says in words what a user should know about the examples.
func (s Stats) Warnings() []string {
	var list []string
	for _, f := range []struct {
		count int
		what  string
	}{
		{s.Shortened, "are longer than the context: their prompts lost the beginning"},
		{s.Truncated, "are longer than the context and were cut off at its end"},
		{s.Dropped, "have nothing to score and were dropped"},
		{s.Plain, "are conversations, which the tokenizer has no chat template for: each turn is a line \"role: " +
			"content\""},
	} {
		if f.count > 0 {
			list = append(list, fmt.Sprintf("%d of %d examples %s", f.count, s.Examples, f.what))
		}
	}
	return list
}

// Encode turns the examples of c into sequences.
//
// A plain text begins and ends with the tokens of the tokenizer's template, and is scored
// from its second token on. A text longer than the context is cut into windows of Context
// tokens that overlap by one, so that each token is scored once. A prompt with its
// completions is encoded segment by segment. If it is longer than the context, it first loses
// the prompt's beginning, but keeps up to half a context of prompt; then it loses its end.
//
// Only their content decides which examples are held out for validation, and equal examples
// are held out together. A corpus of a single text is split by its windows.
//
// If ctx ends, Encode returns early with its error.
func Encode(ctx context.Context, c *Corpus, t Tokenizer, s Settings) (*Dataset, error) {
	d, err := encode(ctx, c, t, s)
	if err != nil {
		return nil, fmt.Errorf("data: %s: %w", c.Source, err)
	}
	return d, nil
}

func encode(ctx context.Context, c *Corpus, t Tokenizer, s Settings) (*Dataset, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	pieces, stats, err := cutAll(ctx, c, newEncoder(t, s))
	if err != nil {
		return nil, err
	}
	if len(pieces.list) == 0 {
		return nil, errors.New("no example has a token to score: give longer texts or completions")
	}
	held, err := pieces.holdOut(c, s.Validation)
	if err != nil {
		return nil, err
	}
	d := &Dataset{Stats: stats}
	if s.Packing {
		d.Train, d.Val = pieces.pack(s.Context, held)
	} else {
		d.Train, d.Val = pieces.apart(held)
	}
	return d, nil
}
