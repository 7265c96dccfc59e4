package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// threeSeeds has values at five ranks for each of three seeds.
func threeSeeds() []Observation {
	var obs []Observation
	for seed, values := range [][]float64{
		{2.1, 1.35, 0.8, 0.36, 0.19},
		{2.6, 1.9, 0.88, 0.47, 0.24},
		{1.9, 1.5, 0.7, 0.38, 0.16},
	} {
		for i, rank := range []int{4, 8, 32, 128, 512} {
			obs = append(obs, Observation{rank, uint64(seed), values[i]})
		}
	}
	return obs
}

// SciPy 1.17.1: f = scipy.stats.linregress(log(rank), log(value)) for each
// seed; means of f.slope and f.intercept;
// scipy.stats.ttest_1samp(slopes, 0).confidence_interval(0.95).
func TestFitExponentMatchesSciPy(t *testing.T) {
	e, err := FitExponent(threeSeeds())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"slope", e.Value, -0.49769847975880155},
		{"low", e.Low, -0.5231981739657282},
		{"high", e.High, -0.4721987855518749},
		{"intercept", e.Log, 1.4815129837793748},
	} {
		if !agree(c.got, c.want) {
			t.Errorf("%s: %.16g, want %.16g", c.name, c.got, c.want)
		}
	}
	if e.N != 15 || e.Seeds != 3 || e.Ranks != 5 || e.Excluded != 0 || !math.IsNaN(e.Predicted) {
		t.Errorf("counts: %+v", e)
	}
}

func TestFitExponentIsExactOnAPowerLaw(t *testing.T) {
	var obs []Observation
	for _, rank := range []int{4, 64, 2048} {
		obs = append(obs, Observation{rank, 0, 3 / math.Sqrt(float64(rank))},
			Observation{rank, 1, 5 / math.Sqrt(float64(rank))})
	}
	e, err := FitExponent(obs)
	// Logarithms are right to an ulp and slopes are sums of three terms.
	if err != nil || math.Abs(e.Value+0.5) > 1e-14 || math.Abs(e.Log-(math.Log(3)+math.Log(5))/2) > 1e-14 ||
		e.High-e.Low > 1e-13 {
		t.Errorf("got %+v, %v", e, err)
	}
}

func TestFitExponentLeavesOutWhatHasNoLogarithm(t *testing.T) {
	want, _ := FitExponent(threeSeeds())
	obs := append(threeSeeds(),
		Observation{16, 0, math.NaN()},
		Observation{16, 1, 0},
		Observation{16, 1, -1},
		Observation{16, 2, math.Inf(1)},
		Observation{16, 3, 1}, // the only one of its seed
	)
	got, err := FitExponent(obs)
	if err != nil || got.Excluded != 5 || got.N != want.N || got.Value != want.Value || got.Ranks != want.Ranks {
		t.Errorf("got %+v, %v, want %+v with 5 excluded", got, err, want)
	}
}

func TestFitExponentDoesNotDependOnOrder(t *testing.T) {
	want, _ := FitExponent(threeSeeds())
	rng := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		obs := threeSeeds()
		rng.Shuffle(len(obs), func(i, j int) { obs[i], obs[j] = obs[j], obs[i] })
		before := slices.Clone(obs)
		got, _ := FitExponent(obs)
		got.Predicted, want.Predicted, got.Exact, want.Exact = 0, 0, 0, 0 // NaN is not equal to itself
		if got != want {
			t.Fatalf("got %+v, want %+v to the bit", got, want)
		}
		if !slices.Equal(obs, before) {
			t.Fatal("FitExponent changed its argument")
		}
	}
}

func TestFitExponentNeedsTwoRanks(t *testing.T) {
	for name, obs := range map[string][]Observation{
		"nothing":                nil,
		"one rank":               {{4, 0, 1}, {4, 1, 2}},
		"one rank twice":         {{4, 0, 1}, {4, 0, 2}},
		"ranks of several seeds": {{4, 0, 1}, {8, 1, 2}},
		"no positive value":      {{4, 0, 0}, {8, 0, math.NaN()}},
	} {
		e, err := FitExponent(obs)
		if err == nil || !strings.Contains(err.Error(), "two ranks") {
			t.Errorf("%s: error %v does not say what it needs", name, err)
		}
		if !math.IsNaN(e.Value) || !math.IsNaN(e.Low) || !math.IsNaN(e.Log) || e.N != 0 || e.Excluded != len(obs) {
			t.Errorf("%s: got %+v", name, e)
		}
	}
	if _, err := FitExponent([]Observation{{0, 0, 1}, {4, 0, 1}}); err == nil ||
		!strings.Contains(err.Error(), "rank 0") {
		t.Errorf("rank 0: error %v", err)
	}
}

func TestFitExponentOfOneSeedHasNoInterval(t *testing.T) {
	e, err := FitExponent(threeSeeds()[:5])
	if err != nil || math.IsNaN(e.Value) || !math.IsNaN(e.Low) || !math.IsNaN(e.High) || e.Seeds != 1 {
		t.Errorf("got %+v, %v", e, err)
	}
}

// Onset gradient norms as in real runs: with one seed, the A of a smaller rank is the top of the
// A of a larger one, so that squared norms are partial sums of one sequence, and all of them share
// the seed's gradient.
func TestFitExponentCovers(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, seeds := range []int{2, 3, 5} {
		share := coverage(func() Interval {
			var obs []Observation
			for seed := range seeds {
				gradient := math.Exp(rng.NormFloat64())
				var sum float64
				row := 0
				for _, rank := range []int{4, 8, 16, 32, 64} {
					for ; row < rank; row++ {
						sum += 1 + 0.1*rng.NormFloat64()
					}
					obs = append(obs, Observation{rank, uint64(seed), gradient * math.Sqrt(sum)})
				}
			}
			e, err := FitExponent(obs)
			if err != nil {
				t.Fatal(err)
			}
			return Interval{e.Value, e.Low, e.High, e.N}
		}, 0.5)
		if !isNominal(share) {
			t.Errorf("%d seeds: the interval holds the exponent in %.1f%% of simulations, want 95%%", seeds, 100*share)
		}
	}
}

func ExampleFitExponent() {
	// Onset gradient norms of LoRA at three ranks, two seeds.
	e, err := FitExponent([]Observation{
		{Rank: 4, Seed: 0, Value: 0.40}, {Rank: 64, Seed: 0, Value: 0.10}, {Rank: 1024, Seed: 0, Value: 0.025},
		{Rank: 4, Seed: 1, Value: 0.42}, {Rank: 64, Seed: 1, Value: 0.11}, {Rank: 1024, Seed: 1, Value: 0.026},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("r^%.2f [%.2f, %.2f] from %d seeds at %d ranks\n", e.Value, e.Low, e.High, e.Seeds, e.Ranks)
	// Output: r^-0.50 [-0.51, -0.49] from 2 seeds at 3 ranks
}

// nestedSquares are means of r squared Gaussians, at three ranks r. The squares of a smaller rank
// are a part of those of a larger one. The variance falls as 1/r. Ten such means stand for the
// maps of a model.
func nestedSquares(seeds int, rng *rand.Rand) (obs []Observation) {
	const maps, last = 10, 256
	for seed := range seeds {
		sum := 0.0
		for k := 1; k <= last; k++ {
			for range maps {
				sum += sq(rng.NormFloat64())
			}
			if k == 4 || k == 32 || k == last {
				obs = append(obs, Observation{k, uint64(seed), sum / float64(k*maps)})
			}
		}
	}
	return obs
}

// The jackknife's intervals contain the power in 95% of samples of twenty seeds, up to three
// standard errors of 1,000 simulations and the 2% that it is known to miss for variances of so
// few values.
func TestFitVarianceExponentCovers(t *testing.T) {
	const n = 1000
	rng := rand.New(rand.NewPCG(5, 5))
	held, sum := 0, 0.0
	for range n {
		e, err := FitVarianceExponent(nestedSquares(20, rng))
		if err != nil {
			t.Fatal(err)
		}
		if e.Low <= -1 && -1 <= e.High {
			held++
		}
		sum += e.Value
	}
	t.Logf("held in %d of %d; mean power %.4f", held, n, sum/n)
	if share := float64(held) / n; math.Abs(share-0.95) > 0.02+3*math.Sqrt(0.05*0.95/n) {
		t.Errorf("the interval holds -1 in %.1f%% of samples", 100*share)
	}
	if math.Abs(sum/n+1) > 0.02 {
		t.Errorf("the mean power is %.3f, want -1", sum/n)
	}
}

func TestFitVarianceExponentNeeds(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	obs := nestedSquares(4, rng)
	obs[4].Value = math.NaN() // the second seed lacks a rank
	e, err := FitVarianceExponent(obs)
	if err != nil || e.Seeds != 3 || e.N != 9 || e.Excluded != 3 || e.Ranks != 3 {
		t.Errorf("%+v, %v", e, err)
	}
	reversed := slices.Clone(obs)
	slices.Reverse(reversed)
	if r, _ := FitVarianceExponent(reversed); r != e &&
		!(math.IsNaN(r.Predicted) && r.Value == e.Value && r.Low == e.Low) {
		t.Errorf("in another order %+v, want %+v", r, e)
	}
	for name, few := range map[string][]Observation{"two seeds": obs[:6], "one rank": {obs[0], obs[3], obs[6], obs[9]},
		"nothing": nil} {
		if e, err := FitVarianceExponent(few); err == nil || !math.IsNaN(e.Value) {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
}

// TestExponentRange: the power for large ranks may lie above or below the power for small ranks.
func TestExponentRange(t *testing.T) {
	for _, test := range []struct{ predicted, rise, low, high float64 }{
		{0.5, 0, 0.5, 0.5}, {-0.5, 0.5, -0.5, 0}, {1, -1, 0, 1},
	} {
		if low, high := (Exponent{Predicted: test.predicted, Rise: test.rise}).Range(); low != test.low ||
			high != test.high {
			t.Errorf("%+v: from %g to %g", test, low, high)
		}
	}
	if low, high := (Exponent{Predicted: math.NaN()}).Range(); !math.IsNaN(low) || !math.IsNaN(high) {
		t.Errorf("no prediction goes from %g to %g", low, high)
	}
}

// The predicted line has theory's slope, and crosses the fitted one in the middle of the ranks. Without a prediction
// there is no line, not even where it would cross.
func TestThroughTheMiddle(t *testing.T) {
	e := Exponent{Value: -0.4, Log: math.Log(3), Predicted: -0.5}
	line := e.Through(4, 64)
	if got, want := line(16), 3*math.Pow(16, -0.4); math.Abs(got/want-1) > 1e-14 {
		t.Errorf("in the middle %g, want %g", got, want)
	}
	if got := math.Log(line(64)/line(4)) / math.Log(16); math.Abs(got+0.5) > 1e-14 {
		t.Errorf("its slope is %g, want -0.5", got)
	}
	e.Predicted = math.NaN()
	for _, rank := range []float64{4, 16, 64} {
		if got := e.Through(4, 64)(rank); !math.IsNaN(got) {
			t.Errorf("without a prediction it is %g at rank %g", got, rank)
		}
	}
}
