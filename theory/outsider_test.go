package theory_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"ranksweep/metrics/stats"

	"gonum.org/v1/gonum/mat"
)

// TestMuonDependsOnTheSpectrum simulates on one map what prediction.go says about Muon. At ranks up
// to 64 in a width of 512 the powers are a little smaller, since the singular values of a random A
// spread by √(r/d); the tolerance of 0.05 allows for that.
func TestMuonDependsOnTheSpectrum(t *testing.T) {
	const width = 512
	for spectrum, want := range map[int]float64{width: 0.5, 2: 0} {
		rng := rand.New(rand.NewPCG(7, uint64(spectrum)))
		var g mat.Dense
		g.Mul(gaussian(width, spectrum, rng), gaussian(spectrum, width, rng))
		x := gaussian(width, 8, rng)
		var drops, outputs []stats.Observation
		for _, rank := range []int{8, 16, 32, 64} {
			for seed := range uint64(3) {
				drop, output := muonStep(&g, gaussian(rank, width, rng), x)
				drops = append(drops, stats.Observation{Rank: rank, Seed: seed, Value: drop})
				outputs = append(outputs, stats.Observation{Rank: rank, Seed: seed, Value: output})
			}
		}
		if e, err := stats.FitExponent(drops); err != nil || math.Abs(e.Value-want) > 0.05 {
			t.Errorf("gradient of rank %d: the loss drop's power is %g, want %g: %v", spectrum, e.Value, want, err)
		}
		if e, err := stats.FitExponent(outputs); err != nil || spectrum == width && math.Abs(e.Value) > 0.05 {
			t.Errorf("the output's power is %g, want 0: %v", e.Value, err)
		}
	}
}

// muonStep returns the first-order loss drop, and the size of the adapter's output on x, after an
// orthogonal step of B from zero with γ and learning rate 1.
func muonStep(g, a, x *mat.Dense) (drop, output float64) {
	out, _ := g.Dims()
	rank, _ := a.Dims()
	var grad, b, deltaW, y mat.Dense
	grad.Mul(g, a.T())
	var svd mat.SVD
	if !svd.Factorize(&grad, mat.SVDThin) {
		return math.NaN(), math.NaN()
	}
	var u, v mat.Dense
	svd.UTo(&u)
	svd.VTo(&v)
	values := svd.Values(nil)
	for j, s := range values {
		if s < 1e-9*values[0] { // beyond the gradient's rank
			u.Slice(0, out, j, j+1).(*mat.Dense).Zero()
		}
	}
	b.Mul(&u, v.T())
	b.Scale(math.Sqrt(max(1, float64(out)/float64(rank))), &b)
	deltaW.Mul(&b, a)
	var inner mat.Dense
	inner.MulElem(&deltaW, g)
	y.Mul(&deltaW, x)
	return mat.Sum(&inner), mat.Norm(&y, 2)
}
