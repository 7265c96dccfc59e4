package stats

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// Difference is an estimate of the difference of two means from pairs of values.
type Difference struct {
	Interval         // mean difference with Student's t interval, as in [MeanInterval]
	SE       float64 // standard error of the mean difference; NaN if N is below 2
	SharedSE float64 // the part of SE that all pairs share, see [Difference.With]; 0 for none
	P        float64 // two-sided P of the paired t test; NaN if N is below 2
	FlipP    float64 // two-sided P of the sign-flip test; NaN if N is below [FlipPairs]
	Draws    int     // number of flips drawn at random for FlipP; 0 if all were counted
}

const (
	// FlipPairs is the smallest sample for which the sign-flip test can reach the 5%
	// level. Its P is never below 2/2ⁿ: 0.0625 for 5 pairs, 0.031 for 6.
	FlipPairs = 6
	// exactPairs is the largest sample for which all sign flips are counted: half a million
	// sums.
	exactPairs = 20
	// flipDraws is the number of flips drawn for larger samples. The standard error of a P
	// near 0.05 is then 0.0007.
	flipDraws = 99_999
)

// PairedDifference compares two samples by the differences of pairs, such as two runs of one
// seed, which see the same data and begin with the same A. Absent differences (NaN) are left
// out.
//
// P comes from Student's paired t test (Biometrika 6, 1908). It uses the mean, standard error
// and degrees of freedom of the interval, so it is at most 0.05 exactly if the interval
// excludes 0. Both assume normal differences. The difference of two samples of the same
// distribution is symmetric, however skewed the distribution is; then P is at most 0.05 in at
// most 5% of samples. If the differences themselves are skewed, the interval is too short: for
// exponential ones it contains the mean in 89, 88 and 90% of samples of 3, 5 and 10.
// docs/statistics.md has the share for every size.
//
// If all differences are equal, the standard error is 0 and the interval is a point. P then
// agrees with the interval: it is 1 if the point is 0, and 0 otherwise.
//
// FlipP comes from the sign-flip test (Fisher, The Design of Experiments, 1935, section 21),
// which assumes only symmetry about zero. It is the share of the 2ⁿ ways to give the
// differences signs in which the mean is at least as far from zero. Beyond 20 pairs, 99,999
// flips are drawn, always the same ones, and it is (1 + hits)/(1 + draws) (Phipson and Smyth,
// 2010).
func PairedDifference(differences []float64) Difference {
	present := withoutAbsent(differences)
	d := studentDifference(present)
	switch n := len(present); {
	case n > exactPairs:
		d.FlipP, d.Draws = drawnFlips(present), flipDraws
	case n >= FlipPairs:
		d.FlipP = countedFlips(present)
	}
	return d
}

// studentDifference returns the difference without FlipP, which takes longer than all the rest.
func studentDifference(present []float64) Difference {
	d := Difference{Interval: MeanInterval(present), SE: standardError(present), FlipP: math.NaN()}
	d.P = studentP(d.Mean, d.SE, len(present))
	return d
}

// countedFlips returns the P of all flips of at least one difference. A flip and its opposite are
// equally far from zero, so that the first sign need not flip.
func countedFlips(ds []float64) float64 {
	hits := farFlips(ds[1:], ds[0], farness(ds))
	return math.Ldexp(float64(hits), 1-len(ds))
}

// farFlips counts the flips of ds that bring a sum to the distance far from zero or beyond.
func farFlips(ds []float64, sum, far float64) int {
	if len(ds) > 0 {
		return farFlips(ds[1:], sum+ds[0], far) + farFlips(ds[1:], sum-ds[0], far)
	}
	if math.Abs(sum) >= far {
		return 1
	}
	return 0
}

// drawnFlips estimates P from random flips. Every call draws the same flips. A byte of drawn bits gives signs to
// eight differences, whose sum is looked up.
func drawnFlips(ds []float64) float64 {
	far, sums := farness(ds), signedSums(ds)
	rng := rand.New(rand.NewPCG(uint64(len(ds)), 0))
	hits := 0
	for range flipDraws {
		sum := 0.0
		for some := range slices.Chunk(sums, 8) {
			signs := rng.Uint64()
			for i := range some {
				sum += some[i][byte(signs>>(8*i))]
			}
		}
		if math.Abs(sum) >= far {
			hits++
		}
	}
	return float64(1+hits) / float64(1+flipDraws)
}

// signedSums has, for every eight of ds, their sum with the signs of each byte: a bit that is set makes a difference
// negative.
func signedSums(ds []float64) (all [][256]float64) {
	for eight := range slices.Chunk(ds, 8) {
		var sums [256]float64
		for signs := range sums {
			for i, d := range eight {
				sums[signs] += d * float64(1-2*(signs>>i&1))
			}
		}
		all = append(all, sums)
	}
	return all
}

// farness returns the distance of the sum of ds from zero, less the difference that rounding
// can make between equal sums.
func farness(ds []float64) float64 {
	return math.Abs(floats.Sum(ds)) - 1e-12*floats.Norm(ds, 1)
}

// Holm adjusts the P values of a family of tests (Holm 1979), so that the probability of at
// least one false claim among them is below the level of the tests. Absent values (NaN) are not
// part of the family.
func Holm(ps []float64) []float64 {
	adjusted := slices.Clone(ps)
	var order []int
	for i, p := range ps {
		if !math.IsNaN(p) {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Or(cmp.Compare(ps[i], ps[j]), i-j) })
	least := 0.0
	for rank, i := range order {
		least = max(least, min(1, float64(len(order)-rank)*ps[i]))
		adjusted[i] = least
	}
	return adjusted
}
