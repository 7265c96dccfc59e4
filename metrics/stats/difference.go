package stats

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// Difference is what pairs of values say of the difference of two means.
type Difference struct {
	Interval         // of the mean difference; Student's t, as in [MeanInterval]
	SE       float64 // standard error of the mean difference; NaN where N is below 2
	SharedSE float64 // the part of it that all pairs share, see [Difference.With]; 0 for none
	P        float64 // two-sided, of the paired t test; NaN where N is below 2
	FlipP    float64 // two-sided, of the sign-flip test; NaN where N is below [FlipPairs]
	Draws    int     // flips drawn for FlipP at random; 0 where all were counted
}

const (
	// FlipPairs is the smallest sample of which the sign-flip test can say
	// anything at the 5% level: its P is never below 2/2ⁿ, 0.0625 for 5 pairs and
	// 0.031 for 6.
	FlipPairs = 6
	// exactPairs is the largest sample of which all sign flips are counted:
	// half a million sums.
	exactPairs = 20
	// flipDraws are drawn where there are more: the standard error of a P near
	// 0.05 is then 0.0007.
	flipDraws = 99_999
)

// PairedDifference compares two samples by the differences of what belongs
// together: of two runs of one seed, for example, which see the same data and
// begin with the same A. Absent differences (NaN) are left out.
//
// P is that of Student's paired t test (Biometrika 6, 1908), from the same mean,
// standard error and degrees of freedom as the interval, so that it is at most
// 0.05 exactly where the interval leaves out 0. Both take differences for
// normal. The difference of two samples of one and the same distribution is
// symmetric however skewed that is, and then P is at most 0.05 in 5% of samples
// or fewer. Where differences themselves are skewed the interval is too short: of
// exponential ones it holds the mean in 89, 88 and 90% of samples of 3, 5 and
// 10. docs/statistics.md has it at every size.
//
// Where all differences are one number the standard error is 0, and the interval
// is that number. P says what the interval says: 1 if the number is 0, else 0.
//
// FlipP is that of the sign-flip test (Fisher, The Design of Experiments, 1935,
// section 21), which takes no more than symmetry about zero for granted: the
// share of the 2ⁿ ways to give differences a sign in which the mean is at
// least as far from zero. Beyond 20 pairs, 99,999 flips are drawn, the same ones
// each time, and it is (1 + hits)/(1 + draws) (Phipson and Smyth, 2010).
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

// studentDifference is that without flips, which take longer than all the rest.
func studentDifference(present []float64) Difference {
	d := Difference{Interval: MeanInterval(present), SE: standardError(present), FlipP: math.NaN()}
	d.P = studentP(d.Mean, d.SE, len(present))
	return d
}

// countedFlips is the P of all flips of at least one difference. A flip and its opposite are equally far
// from zero, so that the first sign stays.
func countedFlips(ds []float64) float64 {
	hits := farFlips(ds[1:], ds[0], farness(ds))
	return math.Ldexp(float64(hits), 1-len(ds))
}

// farFlips counts the flips of ds which take a sum to far from zero or beyond.
func farFlips(ds []float64, sum, far float64) int {
	if len(ds) > 0 {
		return farFlips(ds[1:], sum+ds[0], far) + farFlips(ds[1:], sum-ds[0], far)
	}
	if math.Abs(sum) >= far {
		return 1
	}
	return 0
}

// drawnFlips estimates P from flips drawn at random, all of them the same from
// one call to the next.
func drawnFlips(ds []float64) float64 {
	far := farness(ds)
	rng := rand.New(rand.NewPCG(uint64(len(ds)), 0))
	hits := 0
	for range flipDraws {
		var signs uint64
		sum := 0.0
		for i, d := range ds {
			if i%64 == 0 {
				signs = rng.Uint64()
			}
			if signs>>(i%64)&1 == 1 {
				d = -d
			}
			sum += d
		}
		if math.Abs(sum) >= far {
			hits++
		}
	}
	return float64(1+hits) / float64(1+flipDraws)
}

// farness is how far from zero the sum of ds is, less what rounding can make
// of equal sums.
func farness(ds []float64) float64 {
	return math.Abs(floats.Sum(ds)) - 1e-12*floats.Norm(ds, 1)
}

// Holm adjusts the P values of a family of tests (Holm 1979), so that the
// probability of one false claim or more among them is below the level to
// which they are held. Absent ones (NaN) are no part of the family.
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
