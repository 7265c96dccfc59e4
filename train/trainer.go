package train

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/results"
	"ranksweep/train/resume"
)

// A Trainer trains one config: it takes the config and reports a stream of points. The
// grid, the store, the tables and the figures are the same for every trainer. Several
// goroutines may use it at once.
type Trainer interface {
	// Name is the trainer's name in the field trainer of a config.
	Name() string

	// Abilities lists what the trainer can train. It is an error if the trainer cannot be
	// asked, since it is another program that does not start.
	Abilities() (Abilities, error)

	// Provenance describes the trainer: the program, its kernel or libraries, and the
	// device. The caller adds model and data.
	Provenance() results.Provenance

	// Resolve finds the model and the data of a config, and returns what they are and
	// what the training costs, none of which depends on the seed. If ctx ends, it returns early
	// with ctx's error. Data that are too small for their validation set are a TooFew.
	Resolve(ctx context.Context, c experiments.Config) (Material, error)

	// Train trains c and calls report after every step with that step's measurements.
	// If ctx ends, it returns early with ctx's error. Divergence is an outcome, not an
	// error.
	Train(ctx context.Context, c experiments.Config, report func(metrics.Point)) (Outcome, error)
}

// A Helper is a trainer that can use idle cores to make its runs faster.
type Helper interface {
	// Help uses one core until done is closed. No byte of any run depends on it.
	Help(done <-chan struct{})
}

// A Resumer is a trainer whose runs can be interrupted and go on later.
type Resumer interface {
	Trainer

	// Resume is Train of a run that goes on from its checkpoint if it has one, and that the
	// keeper may save before each of its steps.
	Resume(ctx context.Context, c experiments.Config, k *resume.Keeper, report func(metrics.Point)) (Outcome, error)
}

// Trainers are the trainers of this program. Each config names one of them.
type Trainers []Trainer

// Of returns the trainer that a config names.
func (all Trainers) Of(c experiments.Config) (Trainer, error) { return all.Named(c.Trainer) }

// Named returns the trainer of that name.
func (all Trainers) Named(name string) (Trainer, error) {
	for _, t := range all {
		if t.Name() == name {
			return t, nil
		}
	}
	return nil, fmt.Errorf("unknown trainer %q: known: %s; --trainer NAME=COMMAND adds one", name,
		strings.Join(all.Names(), ", "))
}

// Names lists the names of the trainers.
func (all Trainers) Names() (names []string) {
	for _, t := range all {
		names = append(names, t.Name())
	}
	return names
}

// Able returns the trainer that a config names. It is an error if there is none, if it does not
// start, or if it cannot train the config.
func (all Trainers) Able(c experiments.Config) (Trainer, error) {
	t, err := all.Of(c)
	if err != nil {
		return nil, experiments.About(err, "trainer")
	}
	can, err := t.Abilities()
	if err != nil {
		return nil, experiments.About(err, "trainer")
	}
	return t, can.Check(t.Name(), c)
}

// Resolve calls Resolve of the trainer that a config names, which must be able to train it.
func (all Trainers) Resolve(ctx context.Context, c experiments.Config) (Material, error) {
	t, err := all.Able(c)
	if err != nil {
		return Material{}, err
	}
	return t.Resolve(ctx, c)
}

// Close closes the trainers that hold something, such as another program.
func (all Trainers) Close() error {
	var failed []error
	for _, t := range all {
		if c, ok := t.(io.Closer); ok {
			failed = append(failed, c.Close())
		}
	}
	return errors.Join(failed...)
}

// Help returns the function with which an idle core helps the runs of the first trainer that
// is a Helper, or nil if there is none.
func (all Trainers) Help() func(done <-chan struct{}) {
	for _, t := range all {
		if h, ok := t.(Helper); ok {
			return h.Help
		}
	}
	return nil
}

// Material is the model and the data of a config, and what training it costs.
type Material struct {
	ModelHash string
	DataHash  string
	Numerics  int      // version of the arithmetic
	Cost      float64  // estimate, in floating-point operations
	Factored  float64  // the same if every adapter were computed in factored form, as in other programs
	Bytes     int64    // estimate of the memory that a run takes beside the base model
	Apart     bool     // this memory is that of a device, and not of the machine
	Warnings  []string // doubts about the config itself
}

// TooFew is the error of data with no more distinct examples than are to be held out.
type TooFew struct {
	Distinct int // number of distinct examples
	Err      error
}

func (e TooFew) Error() string { return e.Err.Error() }
func (e TooFew) Unwrap() error { return e.Err }

// Outcome is how a training ended, with its measurements.
type Outcome struct {
	Status  results.Status // done or diverged
	Reason  string         // why it diverged
	Steps   int            // number of updates made
	Tokens  int64          // number of tokens trained on
	Curve   []metrics.Point
	Modules []metrics.Point

	Peak   int64  // bytes of memory that were in use at once, if the trainer measures it
	Kernel string // what trained this run, if the trainer's provenance does not say; it goes into the run's

	Validation []results.ValidationBatch // the batches of the last validation; none without a validation set

	// Expected holds the values that theory expects of statistics, by name, if the
	// config asks for them and exact expressions are known. BeyondTheory says why
	// theory predicts nothing of the run after its first update; it is empty if
	// theory does.
	Expected     map[string]float64
	BeyondTheory string

	// Adapters are the trained adapters. No store keeps them: they are handed out, or
	// lost with the outcome.
	Adapters []lora.Trained
}
