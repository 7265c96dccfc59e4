package sweep

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"ranksweep/experiments"
	"ranksweep/train"
)

// trainedPerHeld is how many examples are trained on for each that is held out, where data are too
// small for the default.
const trainedPerHeld = 3

// fitted returns an experiment with a validation set that its smallest data have room for, in
// place of the default, and with a doubt about all its runs. All runs get one size, so that they
// can be compared. Some data have the given number of distinct examples.
func fitted(ctx context.Context, e *experiments.Experiment, t train.Trainers, distinct int) (
	*experiments.Experiment, error) {
	points, err := e.Configs()
	if err != nil {
		return nil, err
	}
	distinct = min(distinct, smallestData(ctx, points, t))
	held := distinct / (trainedPerHeld + 1)
	if distinct > 1 {
		held = max(1, held)
	}
	f := *e
	f.Base.Data.Validation = held
	f.Doubts = append(slices.Clone(e.Doubts), fmt.Sprintf(
		"validation is %d and not %d, the default, since the number of distinct examples in the data is %d",
		held, e.Base.Data.Validation, distinct))
	return &f, nil
}

// smallestData returns the smallest number of distinct examples that data of some points have,
// among those that have too few for their validation set.
func smallestData(ctx context.Context, points []experiments.Point, t train.Trainers) int {
	type source struct {
		model   string
		data    experiments.Data
		context int
	}
	seen := make(map[source]bool)
	smallest := math.MaxInt
	for _, p := range points {
		s := source{p.Config.Model, p.Config.Data, p.Config.Train.Context}
		if seen[s] {
			continue
		}
		seen[s] = true
		_, err := t.Resolve(ctx, p.Config)
		if few, ok := errors.AsType[train.TooFew](err); ok {
			smallest = min(smallest, few.Distinct)
		}
	}
	return smallest
}
