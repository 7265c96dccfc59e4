package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// Quantiles are scipy.stats.t.ppf(0.975, df), SciPy 1.17.1. gonum inverts the incomplete beta
// function numerically, with an observed error below 1e-9, far less than an interval shows.
func TestTQuantileMatchesSciPy(t *testing.T) {
	for df, want := range map[int]float64{
		1:   12.706204736174694,
		2:   4.302652729749462,
		3:   3.1824463052837078,
		5:   2.5705818356363146,
		10:  2.228138851986274,
		30:  2.0422724563012378,
		100: 1.9839715185235518,
	} {
		if got := tQuantile(df); math.Abs(got-want) > 1e-9*want {
			t.Errorf("df %d: %.16g, want %.16g", df, got, want)
		}
	}
}

// Intervals are scipy.stats.ttest_1samp(xs, 0).confidence_interval(0.95),
// SciPy 1.17.1.
func TestMeanInterval(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		name string
		xs   []float64
		want Interval
	}{
		{"five", []float64{4.1, 3.9, 5.2, 4.4, 4.8}, Interval{4.48, 3.8265024352083676, 5.133497564791633, 5}},
		{"two", []float64{1, 2.5}, Interval{1.75, -7.77965355213102, 11.27965355213102, 2}},
		{"absent left out", []float64{nan, 1, nan, 2.5}, Interval{1.75, -7.77965355213102, 11.27965355213102, 2}},
		{"ties", []float64{3, 3, 3}, Interval{3, 3, 3, 3}},
		{"one", []float64{7}, Interval{7, nan, nan, 1}},
		{"none", nil, Interval{nan, nan, nan, 0}},
		{"all absent", []float64{nan, nan}, Interval{nan, nan, nan, 0}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := MeanInterval(test.xs)
			if got.N != test.want.N || !agree(got.Mean, test.want.Mean) || !agree(got.Low, test.want.Low) ||
				!agree(got.High, test.want.High) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestMeanIntervalCovers(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{2, 3, 5, 10} {
		share := coverage(func() Interval {
			xs := make([]float64, n)
			for i := range xs {
				xs[i] = 3 + 2*rng.NormFloat64()
			}
			return MeanInterval(xs)
		}, 3)
		if !isNominal(share) {
			t.Errorf("n = %d: the interval holds the mean in %.1f%% of samples, want 95%%", n, 100*share)
		}
	}
}

// An interval with the normal quantile instead of Student's is too short.
func TestCoverageTellsWrongIntervals(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	share := coverage(func() Interval {
		i := MeanInterval([]float64{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()})
		half := (i.High - i.Mean) * 1.96 / tQuantile(2)
		return Interval{i.Mean, i.Mean - half, i.Mean + half, i.N}
	}, 0)
	if isNominal(share) {
		t.Errorf("coverage %.1f%% of an interval with the normal quantile at n = 3 passes for 95%%", 100*share)
	}
}

// coverage returns the share of 4,000 intervals that contain truth.
func coverage(sample func() Interval, truth float64) float64 {
	const trials = 4000
	held := 0
	for range trials {
		if i := sample(); i.Low <= truth && truth <= i.High {
			held++
		}
	}
	return float64(held) / trials
}

// isNominal allows 1.5 points: four standard errors of a share of 0.95 in
// 4,000 trials are 1.4.
func isNominal(share float64) bool { return math.Abs(share-0.95) < 0.015 }

// agree compares two numbers to 1e-9 of the larger one, the precision of tQuantile; two NaNs
// agree.
func agree(a, b float64) bool {
	if math.IsNaN(a) || math.IsNaN(b) {
		return math.IsNaN(a) && math.IsNaN(b)
	}
	return math.Abs(a-b) <= 1e-9*max(math.Abs(a), math.Abs(b))
}

func ExampleMeanInterval() {
	losses := []float64{1.91, 1.94, 1.90, math.NaN()} // the last was not measured
	i := MeanInterval(losses)
	fmt.Printf("%.3f [%.3f, %.3f] (n=%d)\n", i.Mean, i.Low, i.High, i.N)
	// Output: 1.917 [1.865, 1.968] (n=3)
}
