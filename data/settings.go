package data

import "fmt"

// What of a prompt and its completion counts in the loss.
const (
	LossCompletion = "completion" // the completion alone
	LossAll        = "all"        // the prompt too
)

// Settings say how examples become sequences.
type Settings struct {
	Loss    string // LossCompletion or LossAll; a plain text is always scored
	EOS     bool   // end plain texts with EOS too, as completions always are
	Context int    // tokens that a model may see at once, at least 2

	// Packing lays examples end to end and cuts them into rows of Context
	// tokens, so that attention crosses from one to the next, though no
	// example's first token is predicted from another. Otherwise an example
	// is a sequence of its own; batches are ragged, so nothing is padded.
	Packing bool

	// Validation is how many distinct examples are held out of training.
	Validation int
}

func (s Settings) check() error {
	switch {
	case s.Loss != LossCompletion && s.Loss != LossAll:
		return fmt.Errorf("loss %q: want %s or %s", s.Loss, LossCompletion, LossAll)
	case s.Context < 2:
		return fmt.Errorf("context %d: must be at least 2, a token to read and one to predict", s.Context)
	case s.Validation < 0:
		return fmt.Errorf("validation %d: must not be negative", s.Validation)
	}
	return nil
}
