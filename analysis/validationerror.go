package analysis

import (
	"math"

	"ranksweep/results"
)

// validationError returns the standard error that the choice of the validation set adds to
// the mean difference of final validation losses between a and b. Runs are paired by seed;
// a pair counts if both runs are done. The result is NaN if a pair that counts lacks its
// validation batches, if two runs were validated on different batches, or if there are
// fewer than two batches.
//
// The mean difference is R = Σ D_i/Σ n_i over the batches, n_i the scored tokens of
// batch i and D_i the difference of its nats, averaged over the pairs: a ratio
// estimator, whose variance over k batches is, linearized,
//
//	k/(k−1) Σ (D_i − R n_i)² / (Σ n_i)²
//
// (Cochran, Sampling Techniques, 3rd edition, section 6.4). Seeds are taken as fixed: the
// interval over seeds has their part of the error. For a seed with a local grid, the
// batches are the best run's, since nothing is trained at the lowest point itself.
func validationError(a, b []results.Run) float64 {
	pairs := validatedPairs(a, b)
	if len(pairs) == 0 {
		return math.NaN()
	}
	batches := pairs[0][0].Validation
	difference := make([]float64, len(batches)) // D_i
	for _, p := range pairs {
		if !results.SameBatches(p[0].Validation, batches) || !results.SameBatches(p[1].Validation, batches) {
			return math.NaN()
		}
		for i := range batches {
			difference[i] += (p[0].Validation[i].Nats - p[1].Validation[i].Nats) / float64(len(pairs))
		}
	}
	return ratioError(difference, batches)
}

// validatedPairs returns the pairs of runs, one from a and one from b, that share a seed
// and are both done.
func validatedPairs(a, b []results.Run) (pairs [][2]results.Run) {
	bySeed := make(map[uint64]results.Run)
	for _, r := range b {
		if r.Status == results.Done {
			bySeed[r.Seed] = r
		}
	}
	for _, r := range a {
		if other, ok := bySeed[r.Seed]; ok && r.Status == results.Done {
			pairs = append(pairs, [2]results.Run{r, other})
		}
	}
	return pairs
}

// ratioError returns the standard error of Σ d / Σ n, n the scored tokens of each batch.
func ratioError(d []float64, batches []results.ValidationBatch) float64 {
	k := float64(len(batches))
	if k < 2 {
		return math.NaN()
	}
	var sum, scored, squares float64
	for i, b := range batches {
		sum += d[i]
		scored += float64(b.Scored)
	}
	for i, b := range batches {
		squares += math.Pow(d[i]-sum/scored*float64(b.Scored), 2)
	}
	return math.Sqrt(k/(k-1)*squares) / scored
}
