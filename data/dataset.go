package data

import (
	"errors"
	"fmt"
)

// Sequence is what a model reads and what it is to predict.
type Sequence struct {
	Tokens  []int32 // (N) N < Settings.Context, or N ≤ it where examples are packed
	Targets []int32 // (N) the token to predict after Tokens[i], or nn.Unscored

	// Bytes is how many bytes of UTF-8 the targets that are not Unscored
	// stand for, so that bits per byte is their loss in nats over Bytes·ln 2.
	// BOS and EOS stand for none, though EOS is scored. Where a text lies in
	// several sequences its bytes are shared out evenly by token.
	Bytes int
}

// Dataset is a corpus in the tokens of a model. It is not changed once made,
// so that concurrent runs may share it.
type Dataset struct {
	Train, Val []Sequence
	Stats      Stats
}

// Stats counts what became of a corpus's examples.
type Stats struct {
	Examples  int // of the corpus
	Shortened int // longer than the context: the prompt lost its beginning
	Truncated int // longer than the context even so, and cut off at its end
	Dropped   int // with nothing to score
	Plain     int // conversations for which the tokenizer has no template
}

// Warnings says in words what a user should know of.
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
// A plain text begins and ends as the tokenizer's template has it, and is
// scored from its second token on. One longer than the context is cut into
// windows of Context tokens that overlap by one, so that each token is scored
// once. A prompt with its completions is encoded piece by piece; one longer
// than the context loses the prompt's beginning, of which it keeps half a
// context, and then its end.
//
// Which examples are held out depends on their content alone, and equal ones
// are held out together. A corpus of a single text is split by its windows.
func Encode(c *Corpus, t Tokenizer, s Settings) (*Dataset, error) {
	d, err := encode(c, t, s)
	if err != nil {
		return nil, fmt.Errorf("data: %s: %w", c.Source, err)
	}
	return d, nil
}

func encode(c *Corpus, t Tokenizer, s Settings) (*Dataset, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	pieces, stats, err := cut(c.Examples, newEncoder(t, s))
	if err != nil {
		return nil, err
	}
	if len(pieces) == 0 {
		return nil, errors.New("no example has anything to score")
	}
	held, err := holdOut(pieces, s.Validation)
	if err != nil {
		return nil, err
	}
	train, val := rows{settings: s}, rows{settings: s}
	for _, p := range pieces {
		if held[p.key] {
			val.add(p)
		} else {
			train.add(p)
		}
	}
	train.close()
	val.close()
	return &Dataset{Train: train.closed, Val: val.closed, Stats: stats}, nil
}
