package data

import "fmt"

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
	Truncated int // completions cut off at the end of the context
	Dropped   int // examples with nothing to score, within the context if cut there
}

// Warnings says in words what a user should know of.
func (s Stats) Warnings() []string {
	var list []string
	if s.Truncated > 0 {
		list = append(list, fmt.Sprintf("%d of %d examples are longer than the context and were cut off at its end", s.Truncated, s.Examples))
	}
	if s.Dropped > 0 {
		list = append(list, fmt.Sprintf("%d of %d examples have nothing to score within the context and were dropped", s.Dropped, s.Examples))
	}
	return list
}

// Encode turns the examples of c into sequences.
//
// A plain text begins and ends as the tokenizer's template has it, and is
// scored from its second token on. One longer than the context is cut into
// windows of Context tokens that overlap by one, so that each token is scored
// once. A prompt with its completions is encoded piece by piece; one longer
// than the context loses its end.
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
		return nil, fmt.Errorf("no example has anything to score within %d tokens: raise the context", s.Context)
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
