package theory_test

import (
	"maps"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"

	"ranksweep/lora"
	"ranksweep/metrics/stats"
	"ranksweep/nn"
	"ranksweep/theory"
)

// TestSpectralLaws: under Muon the power of the first loss drop of each method lies between the two that theory
// names, whether the gradient has many singular values or two; of those whose gradient is one product it is the first
// where it has many, and the second where it has few. At ranks up to 32 in a width of 512 a power may be off by 0.1
// and two standard errors, since the singular values of a random matrix spread by √(r/d), and Muon's end between 0.7
// and 1.2.
func TestSpectralLaws(t *testing.T) {
	const width = 512
	all := maps.Clone(begins)
	all[lora.AdaLoRAMethod] = func(g, _ *mat.Dense, at theory.Setting, rng *rand.Rand) (_, ofB *mat.Dense) {
		gradient, _ := adaLoRAStep(g, at.Gamma, at.Rank, rng)
		return nil, mat.DenseCopyOf(gradient.T())
	}
	for method, begin := range all {
		laws, _ := theory.LawsOf(method)
		many, ok := laws.LossDrop.Exponent(nn.SpectralUpdate, lora.Scheme{P: 1})
		if !ok {
			if !lora.BeginsWithPart(method) {
				t.Errorf("%s: nothing is predicted", method)
			}
			continue
		}
		few := many + laws.LossDrop.Rise(nn.SpectralUpdate, lora.Scheme{P: 1})
		for _, spectrum := range []int{width, 2} {
			rng := rand.New(rand.NewPCG(5, uint64(spectrum)))
			g := times(1, gaussian(width, spectrum, rng), gaussian(spectrum, width, rng))
			w := gaussian(width, width, rng)
			var drops []stats.Observation
			for _, rank := range []int{4, 8, 16, 32} {
				for seed := range uint64(3) {
					at := theory.Setting{Rank: rank, Gamma: 1 / float64(rank), Init: lora.Init{Kind: lora.Gaussian}}
					ofA, ofB := begin(g, w, at, rng)
					drop := dropOf(ofA, 1, nn.SpectralUpdate) + dropOf(ofB, 1, nn.SpectralUpdate)
					drops = append(drops, stats.Observation{Rank: rank, Seed: seed, Value: drop})
				}
			}
			e, err := stats.FitExponent(drops)
			check(t, err)
			off := 0.1 + 2*e.SE
			if e.Value < math.Min(many, few)-off || e.Value > math.Max(many, few)+off {
				t.Errorf("%s, %d singular values: %.3f is not between %g and %g", method, spectrum, e.Value, few, many)
			}
			end := many
			if spectrum == 2 {
				end = few
			}
			one := method == lora.LoRAFAMethod || method == lora.LoHaMethod && spectrum == width ||
				method == lora.HiRAMethod && spectrum == width // G ∘ W has many singular values in any case
			if one && math.Abs(e.Value-end) > off {
				t.Errorf("%s, %d singular values: %.3f, predicted %g", method, spectrum, e.Value, end)
			}
		}
	}
}

// The part of DoRA's loss drop that its magnitudes make is free of rank, so that the whole lies between it and LoRA's.
func TestSpectralLawOfDoRA(t *testing.T) {
	laws, _ := theory.LawsOf(lora.DoRAMethod)
	for p, want := range map[float64][2]float64{1: {-1, 0}, 0.5: {-0.5, 0}, 0.25: {-0.25, 0.25}, 0: {0, 0.5}} {
		low, _ := laws.LossDrop.Exponent(nn.SpectralUpdate, lora.Scheme{P: p})
		high := low + laws.LossDrop.Rise(nn.SpectralUpdate, lora.Scheme{P: p})
		if low != want[0] || high != want[1] {
			t.Errorf("p = %g: %g to %g, want %v", p, low, high, want)
		}
	}
}
