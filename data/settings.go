package data

import "fmt"

// The parts of a prompt with its completion that count in the loss.
const (
	LossCompletion = "completion" // only the completion
	LossAll        = "all"        // prompt and completion
)

// Settings say how examples become sequences.
type Settings struct {
	Loss    string // LossCompletion or LossAll; a plain text is always scored
	EOS     bool   // end plain texts with EOS too; completions always end with it
	Context int    // largest number of tokens that a model sees at once, at least 2

	// Packing lays examples end to end and cuts them into rows of Context tokens. Attention
	// then crosses from one example to the next, but no example's first token is predicted
	// from another example. Without packing each example is a sequence of its own. Batches
	// are ragged, so nothing is padded.
	Packing bool

	// Validation is the number of distinct examples that are held out of training.
	Validation int
}

func (s Settings) check() error {
	switch {
	case s.Loss != LossCompletion && s.Loss != LossAll:
		return fmt.Errorf("loss %q: must be %s or %s", s.Loss, LossCompletion, LossAll)
	case s.Context < 2:
		return fmt.Errorf("context %d: must be at least 2, one token to read and one to predict", s.Context)
	case s.Validation < 0:
		return fmt.Errorf("validation %d: must not be negative", s.Validation)
	}
	return nil
}
