package analysis

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat"

	"ranksweep/results"
)

// validatedRuns are runs of both sides and the given seeds on one random validation set.
// Batches have unequal sizes and are equally hard for both sides. The difference is 0.1 nats
// per token on average, and varies with batch and seed.
func validatedRuns(batches, seeds int, rng *rand.Rand) (a, b []results.Run, mean float64) {
	for seed := range seeds {
		a, b = append(a, testRun("rslora", 0.5, 4, uint64(seed))), append(b, testRun("lora", 1, 4, uint64(seed)))
	}
	var sum, total float64
	for range batches {
		n := 50 + rng.IntN(100)
		total += float64(n)
		hard, differs := 2+0.5*rng.NormFloat64(), 0.1+0.05*rng.NormFloat64()
		for seed := range seeds {
			d := float64(n) * (differs + 0.01*rng.NormFloat64())
			ours := results.ValidationBatch{Scored: n, Nats: float64(n)*hard + d}
			theirs := results.ValidationBatch{Scored: n, Nats: float64(n) * hard}
			a[seed].Validation, b[seed].Validation = append(a[seed].Validation, ours),
				append(b[seed].Validation, theirs)
			sum += d / float64(seeds)
		}
	}
	return a, b, sum / total
}

// TestValidationError compares the error with the spread of the mean difference over 2000
// validation sets. The spread itself has a relative error of 1/√(2·2000) = 1.6%, and the
// estimate, from 20 batches, is a few percent too small: together within 8%. An estimate that
// took the two sides' batches as independent would be off by a factor of ten.
func TestValidationError(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var means, squares []float64
	for range 2000 {
		a, b, mean := validatedRuns(20, 3, rng)
		means, squares = append(means, mean), append(squares, math.Pow(validationError(a, b), 2))
	}
	spread, estimate := stat.StdDev(means, nil), math.Sqrt(stat.Mean(squares, nil))
	if math.Abs(estimate/spread-1) > 0.08 {
		t.Errorf("standard error %g, the spread over validation sets is %g", estimate, spread)
	}
}

func TestValidationErrorIsAbsent(t *testing.T) {
	for name, change := range map[string]func(a, b []results.Run) ([]results.Run, []results.Run){
		"no runs":     func(_, b []results.Run) ([]results.Run, []results.Run) { return nil, b },
		"no pair":     func(a, b []results.Run) ([]results.Run, []results.Run) { return a[:1], b[1:] },
		"none of one": func(a, b []results.Run) ([]results.Run, []results.Run) { b[1].Validation = nil; return a, b },
		"none of all": func(a, b []results.Run) ([]results.Run, []results.Run) { return strip(a), strip(b) },
		"other batches": func(a, b []results.Run) ([]results.Run, []results.Run) {
			a[0].Validation[3].Scored++
			return a, b
		},
		"a missing batch": func(a, b []results.Run) ([]results.Run, []results.Run) {
			a[0].Validation = a[0].Validation[:3]
			return a, b
		},
		"one batch": func(a, b []results.Run) ([]results.Run, []results.Run) { return first(a), first(b) },
		"diverged": func(a, b []results.Run) ([]results.Run, []results.Run) {
			a[0].Status, b[1].Status = results.Diverged, results.Diverged
			return a,
				b
		},
	} {
		a, b, _ := validatedRuns(5, 2, rand.New(rand.NewPCG(1, 1)))
		if v := validationError(a, b); !(v > 0) {
			t.Fatalf("standard error %g", v)
		}
		if v := validationError(change(a, b)); !math.IsNaN(v) {
			t.Errorf("%s: %g", name, v)
		}
	}
	a, b, _ := validatedRuns(5, 3, rand.New(rand.NewPCG(1, 1)))
	want := validationError(a[1:], b[1:])
	a[0].Status, a[0].Validation = results.Diverged, nil
	if v := validationError(a, b); v != want {
		t.Errorf("beside a diverged run %g, without it %g", v, want)
	}
}

func strip(runs []results.Run) []results.Run {
	for i := range runs {
		runs[i].Validation = nil
	}
	return runs
}

func first(runs []results.Run) []results.Run {
	for i := range runs {
		runs[i].Validation = runs[i].Validation[:1]
	}
	return runs
}
