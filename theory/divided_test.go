package theory_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"ranksweep/lora"
	"ranksweep/metrics/stats"
	"ranksweep/nn"
)

// TestDividedExpectations: the expectations that package theory derives for divided updates are the means over
// simulated A, Gaussian. The tolerance is 4.5 standard errors of the simulated mean.
func TestDividedExpectations(t *testing.T) {
	const out, in, draws, gamma, sigma, lr = 6, 10, 4000, 0.7, 1.3, 1e-7
	rng := rand.New(rand.NewPCG(7, 8))
	m := newOneMap(out, in, rng)
	var through, back, cross mat.Dense
	through.Mul(&m.g, m.x)
	back.Mul(m.g.T(), m.v)
	cross.Mul(m.g.T(), &m.next)
	square := func(d mat.Matrix) float64 { return sq(mat.Norm(d, 2)) }
	for _, rank := range []int{1, 3, 7, 16} {
		r, n := float64(rank), float64(in)
		share, step := min(r, n)/n, sq(lr*gamma*gamma)
		want := map[string]float64{
			"loss_drop_first":      lr * gamma * gamma * square(&m.g) * share,
			"delta_w_first":        step * square(&m.g) * share,
			"input_gradient_first": step * square(&back) * share / (in * oneMapTokens),
		}
		if r < n-1 {
			rest := (n - r) / (n - 1)
			want["adapter_output_first"] = step * r / n * ((r+2-rest)*square(&through) +
				rest*square(&m.g)*square(m.x)) /
				(n + 2) / (out * oneMapTokens)
			want["grad_norm_a_first"] = step * r * square(&cross) / (n * (n - r - 1) * sigma * sigma)
		} else {
			want["grad_norm_a_first"] = step * square(&cross) / ((r - n - 1) * sigma * sigma)
		}
		samples := make(map[string][]float64)
		for range draws {
			values := m.measure(sizes{gamma, sigma, lr, lr, false}, lora.Gaussian, nn.DividedUpdate, rank, rng)
			for name := range want {
				v := values[slices.Index(oneMapStatistics, name)]
				if name != "loss_drop_first" {
					v *= v
				}
				samples[name] = append(samples[name], v)
			}
		}
		for name, want := range want {
			over := stats.MeanInterval(samples[name])
			se := (over.High - over.Low) / 2 / 1.96
			if math.Abs(over.Mean-want) > 4.5*se+1e-5*want { // the damping takes up to 1e-6 of AAᵀ's least eigenvalue
				t.Errorf("%s, rank %d: mean %.5g, expected %.5g: %.1f standard errors off", name, rank, over.Mean, want,
					math.Abs(over.Mean-want)/se)
			}
		}
	}
}

// TestSignsOfDividedGradients: the first loss drop under the sign of a divided gradient, as package theory derives
// it, is the mean over simulated A, Gaussian, to 4.5 standard errors.
func TestSignsOfDividedGradients(t *testing.T) {
	const out, in, draws, gamma, sigma, lr = 6, 10, 4000, 0.7, 1.3, 1e-3
	rng := rand.New(rand.NewPCG(7, 10))
	g := gaussian(out, in, rng)
	lengths := 0.0
	for i := range out {
		lengths += mat.Norm(g.RowView(i), 2)
	}
	half := func(n int) float64 { v, _ := math.Lgamma(float64(n) / 2); return v }
	for _, rank := range []int{1, 3, 7, 10} {
		kept := math.Exp(half(in-rank+2) + half(in) - half(in-rank+1) - half(in+1))
		want := lr * gamma * sigma * math.Sqrt(2/math.Pi) * float64(rank) * lengths * kept
		var drops []float64
		for range draws {
			a := gaussian(rank, in, rng)
			a.Scale(sigma, a)
			_, gradient := oneMapGradients(gamma, g, a, mat.NewDense(out, rank, nil))
			var gram, divided mat.Dense
			gram.Mul(a, a.T())
			must(divided.Solve(&gram, gradient.T()))
			drop := 0.0
			for i := range out {
				for j := range rank {
					drop += lr * gradient.At(i, j) * math.Copysign(1, divided.At(j, i))
				}
			}
			drops = append(drops, drop)
		}
		over := stats.MeanInterval(drops)
		if se := (over.High - over.Low) / 2 / 1.96; math.Abs(over.Mean-want) > 4.5*se {
			t.Errorf("rank %d: mean %.5g, expected %.5g: %.1f standard errors off", rank, over.Mean, want,
				math.Abs(over.Mean-want)/se)
		}
	}
}
