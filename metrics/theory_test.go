package metrics

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// The exponents of LoRA (p = 1) and rsLoRA (p = ½), SGD then sign-like.
func TestPredictions(t *testing.T) {
	for name, want := range map[string][4]float64{
		"grad_norm_onset":      {-0.5, 0, -0.5, 0},
		"grad_rms_b_onset":     {-1, -0.5, -1, -0.5},
		"grad_norm_a_first":    {-1.5, -0.5, -0.5, 0},
		"adapter_output_first": {-1.5, -0.5, -0.5, 0},
		"input_gradient_first": {-1.5, -0.5, -0.5, 0},
		"delta_w_first":        {-1.5, -0.5, -0.5, 0},
		"a_movement_final":     {-2, -1, 0, 0},
	} {
		s, _ := StatisticNamed(name)
		for i, at := range []struct {
			optimizer string
			p         float64
		}{{"sgd", 1}, {"sgd", 0.5}, {"adamw", 1}, {"adamw", 0.5}} {
			if got, ok := s.Theory.Exponent(at.optimizer, at.p); !ok || got != want[i] {
				t.Errorf("%s, %s, p = %v: predicted %v, %v, want %v", name, at.optimizer, at.p, got, ok, want[i])
			}
		}
	}
}

func TestPredictsNothingOfWhatItDoesNotKnow(t *testing.T) {
	for _, name := range []string{"grad_norm_a_first", "a_movement_final"} {
		s, _ := StatisticNamed(name)
		if e, ok := s.Theory.Exponent("muon", 1); ok || !math.IsNaN(e) {
			t.Errorf("%s under an unknown optimizer: predicted %v", name, e)
		}
	}
	if e, ok := (Theory{}).Exponent("sgd", 1); ok || !math.IsNaN(e) {
		t.Errorf("predicted %v of a statistic without theory", e)
	}
}

// TestPredictionsHoldForOneMap trains an adapter on one random linear map by
// one step, at ranks far below its input size, and fits every quantity that
// theory predicts. Mean squares over draws are fitted, as the predictions are
// of those; draws are split into five groups that stand for seeds.
//
// The tolerance is 0.05. The finite ratio of rank to input size, at most 8/512,
// bends slopes by up to 0.007; the noisiest fit has a standard error of 0.015.
// Rival laws differ by ½.
func TestPredictionsHoldForOneMap(t *testing.T) {
	for _, optimizer := range []string{"sgd", "adam"} {
		var obs [len(oneMapStatistics)][]Observation
		for group := range uint64(5) {
			for _, rank := range []int{1, 2, 4, 8} {
				const draws = 100
				var sums [len(oneMapStatistics)]float64
				for draw := range uint64(draws) {
					for i, v := range oneMap(optimizer, rank, rand.New(rand.NewPCG(group, draw))) {
						sums[i] += v * v / draws
					}
				}
				for i, sum := range sums {
					obs[i] = append(obs[i], Observation{rank, group, math.Sqrt(sum)})
				}
			}
		}
		for i, name := range oneMapStatistics {
			e, err := FitExponent(obs[i])
			if err != nil {
				t.Fatal(err)
			}
			s, _ := StatisticNamed(name)
			// γ is 1 at every rank, so that p is 0.
			want, _ := s.Theory.Exponent(optimizer, 0)
			if math.Abs(e.Value-want) > 0.05 {
				t.Errorf("%s, %s: fitted %.3f [%.3f, %.3f], predicted %.3f", name, optimizer, e.Value, e.Low, e.High, want)
			}
		}
	}
}

// oneMapStatistics names what oneMap returns.
var oneMapStatistics = [...]string{
	"grad_norm_onset", "grad_rms_b_onset", "grad_norm_a_first",
	"adapter_output_first", "input_gradient_first", "delta_w_first", "a_movement_final",
}

// oneMap draws a gradient G, probes and an A, makes one step with γ = η = 1
// and measures. Probe inputs and output gradients are unlike the training
// batch's. One stream gives the same G and probes at every rank.
func oneMap(optimizer string, rank int, rng *rand.Rand) [len(oneMapStatistics)]float64 {
	const in, out, tokens = 512, 8, 8
	var g, gradB, gradA, deltaW, output, inputGrad mat.Dense
	g.Mul(gaussian(out, tokens, rng), gaussian(tokens, in, rng)) // (out, in)
	x, v := gaussian(in, tokens, rng), gaussian(out, tokens, rng)
	a := gaussian(rank, in, rng) // (r, in)

	gradB.Mul(&g, a.T()) // (out, r)
	b := update(optimizer, &gradB)
	gradA.Mul(b.T(), &g) // (r, in)
	movement := update(optimizer, &gradA)
	deltaW.Mul(b, a)             // (out, in)
	output.Mul(&deltaW, x)       // (out, tokens)
	inputGrad.Mul(deltaW.T(), v) // (in, tokens)
	return [...]float64{
		mat.Norm(&gradB, 2),
		mat.Norm(&gradB, 2) / math.Sqrt(float64(out*rank)),
		mat.Norm(&gradA, 2),
		mat.Norm(&output, 2),
		mat.Norm(&inputGrad, 2),
		mat.Norm(&deltaW, 2),
		mat.Norm(movement, 2) / mat.Norm(a, 2),
	}
}

func update(optimizer string, gradient *mat.Dense) *mat.Dense {
	var u mat.Dense
	u.Apply(func(_, _ int, g float64) float64 {
		if optimizer == "sgd" {
			return -g
		}
		return -math.Copysign(1, g)
	}, gradient)
	return &u
}

func gaussian(rows, columns int, rng *rand.Rand) *mat.Dense {
	m := mat.NewDense(rows, columns, nil)
	m.Apply(func(int, int, float64) float64 { return rng.NormFloat64() }, m)
	return m
}
