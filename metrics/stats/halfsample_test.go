package stats

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat"
)

// meanOf is the mean of the values whose units are in.
func meanOf(values []float64, in func(int) bool) float64 {
	var some []float64
	for i, v := range values {
		if in(i) {
			some = append(some, v)
		}
	}
	return stat.Mean(some, nil)
}

func normals(n int, rng *rand.Rand) (values []float64) {
	for range n {
		values = append(values, rng.NormFloat64())
	}
	return values
}

// The error of a mean is the usual one, exactly, for as many units as a power of two.
func TestHalfSampleSEOfMean(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{2, 4, 16, 64, 128} {
		values := normals(n, rng)
		got := HalfSampleSE(n, func(in func(int) bool) float64 { return meanOf(values, in) })
		if want := standardError(values); math.Abs(got/want-1) > 1e-9 {
			t.Errorf("%d units: %g, want %g", n, got, want)
		}
	}
}

// For other counts it is right on average: the variance of a mean of n values of variance 1 is
// 1/n. The mean of 4000 estimates, each from 31 contrasts at most, is within 5% of the root; with
// unequal halves, it is up to 5% more too large.
func TestHalfSampleSEOfOtherCounts(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 1))
	for _, n := range []int{24, 40, 50, 63} {
		squares := 0.0
		for range 4000 {
			values := normals(n, rng)
			se := HalfSampleSE(n, func(in func(int) bool) float64 { return meanOf(values, in) })
			squares += se * se / 4000
		}
		if ratio := math.Sqrt(squares * float64(n)); ratio < 0.95 || ratio > 1.1 {
			t.Errorf("%d units: %.3f times the true error", n, ratio)
		}
	}
}

// The lower of two trials jumps from 0 to 1 where the mean of what tells them apart changes its
// sign. If that mean is truly 0, the place is 0 or 1 by the toss of a coin, with a standard
// deviation of 1/2. Halves find it to within 15%; leaving out one unit at a time finds 40% more
// than there is.
func TestHalfSampleSEOfJump(t *testing.T) {
	const n, draws = 64, 4000
	rng := rand.New(rand.NewPCG(3, 1))
	halves, ones := 0.0, 0.0
	for range draws {
		values := normals(n, rng)
		lower := func(in func(int) bool) float64 {
			if meanOf(values, in) < 0 {
				return 1
			}
			return 0
		}
		se := HalfSampleSE(n, lower)
		halves += se * se / draws
		var without []float64
		for i := range n {
			without = append(without, lower(func(unit int) bool { return unit != i }))
		}
		ones += float64(n-1) / float64(n) * stat.Variance(without, nil) * float64(n-1) / draws
	}
	if ratio := math.Sqrt(halves) / 0.5; math.Abs(ratio-1) > 0.15 {
		t.Errorf("halves find %.3f times the true error", ratio)
	}
	if ratio := math.Sqrt(ones) / 0.5; ratio < 1.3 {
		t.Errorf("one at a time finds %.3f times the true error, so that this shows nothing", ratio)
	}
}

func TestHalfSampleSEIsAbsent(t *testing.T) {
	one := func(func(int) bool) float64 { return 1 }
	for _, n := range []int{0, 1} {
		if se := HalfSampleSE(n, one); !math.IsNaN(se) {
			t.Errorf("%d units: %g", n, se)
		}
	}
	if se := HalfSampleSE(5, one); se != 0 {
		t.Errorf("a constant: %g", se)
	}
	if se := HalfSampleSE(5, func(in func(int) bool) float64 {
		if in(1) != in(2) {
			return math.NaN()
		}
		return 1
	}); !math.IsNaN(se) {
		t.Errorf("a half without a value: %g", se)
	}
}

// An interval and an exponent get as much wider as a difference.
func TestIntervalsWithShared(t *testing.T) {
	xs := []float64{1, 2, 3, 2.5}
	d, i := PairedDifference(xs), MeanInterval(xs)
	e := noExponent()
	e.average(xs)
	e.Seeds = len(xs)
	for _, se := range []float64{math.NaN(), 0, 0.3, 2} {
		want, wide, fit := d.With(se).Interval, i.With(se), e.With(se)
		if math.Abs(wide.Low-want.Low) > 1e-12 || math.Abs(wide.High-want.High) > 1e-12 || wide.N != 4 {
			t.Errorf("shared %g: %+v, want %+v", se, wide, want)
		}
		if fit.Low != want.Low || fit.High != want.High || fit.Value != want.Mean || fit.SE != d.With(se).SE {
			t.Errorf("shared %g: %+v, want %+v", se, fit, want)
		}
	}
	if one := MeanInterval(xs[:1]).With(1); !math.IsNaN(one.Low) {
		t.Errorf("one value has an interval: %+v", one)
	}
}
