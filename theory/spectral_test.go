package theory_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/metrics/stats"
	"ranksweep/nn"
)

// spectral replaces a step, lr times a gradient of one factor, (r, width), by lr R⁻¹ polar(R⁻ᵀ gradient), where
// Y = RᵀU is the other factor, (r, its width), and the rows of U are orthonormal. What is below 10⁻⁹ of the
// largest singular value is none.
func spectral(step *mat.Dense, lr float64, y mat.Matrix) {
	left, s, _ := singular(y)
	var whitened, back mat.Dense
	if len(s) == 0 {
		step.Zero()
		return
	}
	for i := range s {
		s[i] = 1 / s[i]
	}
	whitened.Mul(left.T(), step)
	whitened.Mul(mat.NewDiagDense(len(s), s), &whitened)
	u, _, v := singular(&whitened)
	if u == nil {
		step.Zero()
		return
	}
	whitened.Mul(u, v.T())
	whitened.Mul(mat.NewDiagDense(len(s), s), &whitened)
	back.Mul(left, &whitened)
	step.Scale(lr, &back)
}

// singular returns the singular vectors and values of m that are not zero; none if m is.
func singular(m mat.Matrix) (u mat.Matrix, values []float64, v mat.Matrix) {
	var svd mat.SVD
	if !svd.Factorize(m, mat.SVDThin) {
		panic("no singular values")
	}
	var left, right mat.Dense
	svd.UTo(&left)
	svd.VTo(&right)
	all := svd.Values(nil)
	n := 0
	for n < len(all) && all[n] > 1e-9*all[0] {
		n++
	}
	if n == 0 {
		return nil, nil, nil
	}
	rows, _ := left.Dims()
	cols, _ := right.Dims()
	return left.Slice(0, rows, 0, n), all[:n], right.Slice(0, cols, 0, n)
}

// flatMap is a random map whose gradients have many singular values of about one size. Gradients of two batches
// have a part in common.
func flatMap(out, in int, rng *rand.Rand) *oneMap {
	m := &oneMap{x: gaussian(in, oneMapTokens, rng), v: gaussian(out, oneMapTokens, rng)}
	m.g.CloneFrom(gaussian(out, in, rng))
	m.next.Add(&m.g, gaussian(out, in, rng))
	return m
}

// TestSpectralPredictions fits what theory predicts under spectral updates, as TestPredictionsHoldForOneMap does
// for the others: far below the number of the gradient's singular values, which are of about one size, and far
// above the width. The law bends by a hundredth for each eighth that the rank has of that number.
func TestSpectralPredictions(t *testing.T) {
	compared := 0
	for _, above := range []bool{false, true} {
		for _, update := range []nn.Update{nn.SpectralBAUpdate, nn.SpectralProductUpdate} {
			for _, scheme := range []lora.Scheme{{P: 1}, {P: 0.25, Init: 0.5, LRA: 0.25, LRB: -0.25},
				{P: 0.25, Init: 0.5, LRA: 0.25, LRB: -0.25, ZeroA: true}} {
				fits := fitSpectral(t, scheme, update, above)
				for i, name := range oneMapStatistics {
					s, _ := metrics.StatisticNamed(name)
					theory := s.TheoryOf(lora.DefaultMethod, scheme.ZeroA)
					want, ok := theory.Exponent(update, scheme)
					if above {
						want += theory.Rise(update, scheme)
					}
					if !ok {
						continue
					}
					compared++
					se := (fits[i].High - fits[i].Low) / 2 / 2.776 // t(0.975, 4)
					if math.Abs(fits[i].Value-want) > 4*se+0.03 || se > 0.05 {
						t.Errorf("%s, %s, update %d, above %t: fitted %.3f ± %.3f, predicted %.3f", name, scheme,
							update, above, fits[i].Value, se, want)
					}
				}
			}
		}
	}
	if want := 2 * 2 * (2*11 + 9); compared != want { // two quantities are of a drawn A alone
		t.Errorf("%d predictions were compared, want %d", compared, want)
	}
}

// fitSpectral fits all statistics over steps on maps of 96 outputs and 192 inputs or, above, of 6 and 4; the other
// way round if A is zero.
func fitSpectral(t *testing.T, scheme lora.Scheme, update nn.Update, above bool) (fits []stats.Exponent) {
	out, in, ranks, draws := 96, 192, []int{1, 2, 4, 8}, 6
	if above {
		out, in, ranks, draws = 6, 4, []int{64, 128, 256, 512}, 20
	}
	if scheme.ZeroA {
		out, in = in, out
	}
	obs := make([][]stats.Observation, len(oneMapStatistics))
	for group := range uint64(5) {
		for _, rank := range ranks {
			a, b := scheme.RateFactors(rank)
			z := sizes{scheme.Gamma(1, rank), scheme.InitFactor(rank), a * 1e-6, b * 1e-6, scheme.ZeroA}
			if update == nn.SpectralProductUpdate {
				z.lrA, z.lrB = z.lrA/z.gamma, z.lrB/z.gamma
			}
			squares := make([]float64, len(oneMapStatistics))
			for draw := range uint64(draws) {
				rng := rand.New(rand.NewPCG(group, draw))
				m := flatMap(out, in, rng)
				for i, v := range m.measure(z, lora.Gaussian, update, rank, rng) {
					squares[i] += v * v / float64(draws)
				}
			}
			for i, sum := range squares {
				obs[i] = append(obs[i], stats.Observation{Rank: rank, Seed: group, Value: math.Sqrt(sum)})
			}
		}
	}
	for i, o := range obs {
		e, err := stats.FitExponent(o)
		if err != nil && !scheme.ZeroA {
			t.Fatalf("%s: %v", oneMapStatistics[i], err)
		}
		fits = append(fits, e)
	}
	return fits
}

// TestSpectralExpectations: ΔW has as many equal singular values as the rank, or as the gradient, and the output's
// mean square is (r/in)‖x‖² of them, to 4.5 standard errors of the simulated mean.
func TestSpectralExpectations(t *testing.T) {
	const out, in, draws, gamma, lr = 6, 10, 1000, 0.7, 1e-6
	rng := rand.New(rand.NewPCG(7, 9))
	m := flatMap(out, in, rng)
	for _, rank := range []int{1, 3, 6, 20} {
		var outputs []float64
		for range draws {
			values := m.measure(sizes{gamma, 1.3, lr, lr, false}, lora.Gaussian, nn.SpectralBAUpdate, rank, rng)
			deltaW := values[slices.Index(oneMapStatistics, "delta_w_first")]
			if want := lr * gamma * math.Sqrt(min(float64(rank), out)); math.Abs(deltaW/want-1) > 1e-9 {
				t.Fatalf("rank %d: ΔW has norm %g, want %g", rank, deltaW, want)
			}
			outputs = append(outputs, sq(values[slices.Index(oneMapStatistics, "adapter_output_first")]))
		}
		if rank > out {
			continue // the output then depends on the gradient
		}
		want := sq(lr*gamma) * float64(rank) / in * sq(mat.Norm(m.x, 2)) / (out * oneMapTokens)
		over := stats.MeanInterval(outputs)
		if se := (over.High - over.Low) / 2 / 1.96; math.Abs(over.Mean-want) > 4.5*se {
			t.Errorf("rank %d: the output's mean square is %g, expected %g: %.1f standard errors off", rank, over.Mean,
				want, math.Abs(over.Mean-want)/se)
		}
	}
}
