package stats

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"
)

// golden is testdata/difference.json, made by testdata/difference.py with
// SciPy and statsmodels.
type golden struct {
	Differences []struct {
		Name                          string
		Differences, Margins          []float64
		Mean, Low, High, SE, P, FlipP float64
		Equivalence                   float64
	}
	Holm []struct{ P, Adjusted []float64 }
}

func readGolden(t *testing.T) (g golden) {
	t.Helper()
	text, err := os.ReadFile("testdata/difference.json")
	if err == nil {
		err = json.Unmarshal(text, &g)
	}
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestPairedDifferenceMatchesSciPy(t *testing.T) {
	for _, want := range readGolden(t).Differences {
		t.Run(want.Name, func(t *testing.T) {
			got := PairedDifference(want.Differences)
			for _, v := range []struct {
				name      string
				got, want float64
			}{
				{"mean", got.Mean, want.Mean},
				{"low", got.Low, want.Low},
				{"high", got.High, want.High},
				{"standard error", got.SE, want.SE},
				{"P", got.P, want.P},
				{"P of equivalence", EquivalenceP(want.Differences, want.Margins, 0), want.Equivalence},
			} {
				if !agree(v.got, v.want) {
					t.Errorf("%s: %.16g, want %.16g", v.name, v.got, v.want)
				}
			}
			if got.N != len(want.Differences) || got.Draws != 0 {
				t.Errorf("n = %d, %d draws", got.N, got.Draws)
			}
			if got.N < FlipPairs {
				want.FlipP = math.NaN() // SciPy has one
			}
			if !agree(got.FlipP, want.FlipP) {
				t.Errorf("P of flips: %.16g, want %.16g", got.FlipP, want.FlipP)
			}
		})
	}
}

func TestHolmMatchesStatsmodels(t *testing.T) {
	for _, want := range readGolden(t).Holm {
		got := Holm(want.P)
		for i := range got {
			if !agree(got[i], want.Adjusted[i]) {
				t.Errorf("%v: adjusted %v, want %v", want.P, got, want.Adjusted)
				break
			}
		}
	}
}

func TestHolmLeavesTheAbsentOut(t *testing.T) {
	nan := math.NaN()
	got, want := Holm([]float64{nan, 0.02, nan, 0.03}), []float64{nan, 0.04, nan, 0.04}
	for i := range want {
		if !agree(got[i], want[i]) {
			t.Fatalf("adjusted %v, want %v", got, want)
		}
	}
	if got := Holm(nil); len(got) != 0 {
		t.Errorf("of no family: %v", got)
	}
}

func TestFewPairs(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		name     string
		ds       []float64
		n        int
		p, flipP float64
	}{
		{"none", nil, 0, nan, nan},
		{"all absent", []float64{nan, nan}, 0, nan, nan},
		{"one", []float64{0.3}, 1, nan, nan},
		{"one present", []float64{nan, 0.3}, 1, nan, nan},
		{"two on both sides", []float64{1, -1}, 2, 1, nan},
		{"two", []float64{0, 1}, 2, 0.5, nan}, // t = 1 with one degree of freedom, Cauchy's
		{"no difference at all", []float64{0, 0, 0}, 3, 1, nan},
		{"one and the same", []float64{0.1, 0.1, 0.1}, 3, 0, nan}, // whose mean is not 0.1 to the bit
		{"five of one sign", []float64{1, 2, 3, 4, 5}, 5, 0.013235599563923, nan},
		{"six and the same", []float64{2, 2, 2, 2, 2, 2}, 6, 0, 1. / 32},
		{"six zeros", make([]float64, 6), 6, 1, 1},
	} {
		d := PairedDifference(test.ds)
		if d.N != test.n || !agree(d.P, test.p) || !agree(d.FlipP, test.flipP) {
			t.Errorf("%s: n = %d, P %.15g, of flips %g, want %d, %g, %g",
				test.name, d.N, d.P, d.FlipP, test.n, test.p, test.flipP)
		}
		if test.n < 2 && (!math.IsNaN(d.Low) || !math.IsNaN(d.High) || !math.IsNaN(d.SE)) {
			t.Errorf("%s: an interval [%g, %g] of %d values", test.name, d.Low, d.High, d.N)
		}
	}
}

// P is at most 0.05 exactly if the interval excludes 0.
func TestPAgreesWithTheInterval(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 3))
	within := 0
	for range 5000 {
		ds := make([]float64, 2+rng.IntN(9))
		shift := 2 * rng.Float64()
		for i := range ds {
			ds[i] = shift + rng.NormFloat64()
			if rng.IntN(20) == 0 {
				ds[i] = math.NaN()
			}
		}
		d := PairedDifference(ds)
		holds := d.Low <= 0 && 0 <= d.High
		if d.N > 1 && holds != (d.P > 0.05) {
			t.Fatalf("%v: P %g, interval [%g, %g]", ds, d.P, d.Low, d.High)
		}
		if holds {
			within++
		}
	}
	if within < 1000 || within > 4000 {
		t.Errorf("%d of 5000 intervals hold 0: the draws test one side alone", within)
	}
}

// 0.1 + 0.2 - 0.3 and 0.3 - 0.2 - 0.1 are not the same float64.
func TestFlipsCountTiesAsEqual(t *testing.T) {
	if p := PairedDifference([]float64{0.1, 0.2, -0.3, 0.1, 0.2, -0.3}).FlipP; p != 1 {
		t.Errorf("P %g of differences whose sum is 0, want 1", p)
	}
}

// If not all flips are counted, P is near the P of all flips, and the same each time.
func TestDrawnFlipsAreNearCountedOnes(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for shift := range 4 {
		ds := make([]float64, 16)
		for i := range ds {
			ds[i] = 0.25*float64(shift) + rng.NormFloat64()
		}
		drawn, counted := drawnFlips(ds), countedFlips(ds)
		// Four standard errors, and one hit for the flip that was observed.
		if bound := 4*math.Sqrt(counted*(1-counted)/flipDraws) + 1e-5; math.Abs(drawn-counted) > bound {
			t.Errorf("shift %d: P %g of drawn flips, %g of all", shift, drawn, counted)
		}
	}
	ds := make([]float64, 24)
	for i := range ds {
		ds[i] = 1 + float64(i)
	}
	d := PairedDifference(ds)
	if d.Draws != flipDraws || d.FlipP != 1e-5 {
		t.Errorf("24 pairs of one sign: %d draws, P %g, want 1e-5", d.Draws, d.FlipP)
	}
	if again := PairedDifference(ds); again != d {
		t.Errorf("once %+v, then %+v", d, again)
	}
}

// The P of drawn flips is that of flipping one sign after the other, with ties and without.
func TestDrawnFlipsAreThoseOfEachSign(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 7))
	for _, n := range []int{21, 24, 63, 64, 65, 130} {
		ties, drawn := make([]float64, n), make([]float64, n)
		for i := range n {
			ties[i], drawn[i] = float64(rng.IntN(5)-2)/10, 0.1+rng.NormFloat64()
		}
		for _, ds := range [][]float64{ties, drawn} {
			if got, want := drawnFlips(ds), naiveFlips(ds); got != want {
				t.Errorf("%d pairs: P %g, want %g", n, got, want)
			}
		}
	}
}

// naiveFlips is the twin of drawnFlips.
func naiveFlips(ds []float64) float64 {
	far, hits := farness(ds), 0
	rng := rand.New(rand.NewPCG(uint64(len(ds)), 0))
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

// BenchmarkFlips is the time of a comparison of 1,000 pairs, by table and sign by sign.
func BenchmarkFlips(b *testing.B) {
	ds := make([]float64, 1000)
	for i := range ds {
		ds[i] = math.Sin(float64(i))
	}
	for name, flips := range map[string]func([]float64) float64{"table": drawnFlips, "naive": naiveFlips} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				flips(ds)
			}
		})
	}
}

// Two arms of a sweep share the effect of the seed, and differ by 0.3.
func TestPairedDifferenceCovers(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	exponential := func() float64 { return rng.ExpFloat64() - 1 }
	for _, noise := range []struct {
		name string
		draw func() float64
	}{
		{"normal", rng.NormFloat64},
		{"skewed alike in both arms", exponential}, // their difference is symmetric
	} {
		for _, n := range []int{3, 5, 10} {
			share := differenceCoverage(n, func() float64 {
				seed := 5 * rng.NormFloat64()
				a, b := seed+noise.draw(), seed+0.3+noise.draw()
				return b - a
			}, 0.3)
			t.Logf("%s, n = %d: coverage %.1f%%", noise.name, n, 100*share)
			if share < 0.93 || share > 0.97 {
				t.Errorf("%s, n = %d: the interval holds the difference in %.1f%% of samples, want 93 to 97%%",
					noise.name, n, 100*share)
			}
		}
	}
}

// The coverage of the interval for skewed differences is as the doc comment of PairedDifference
// says.
func TestSkewedDifferencesShortenCoverage(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for _, test := range []struct {
		n          int
		documented float64
	}{{3, 0.89}, {5, 0.88}, {10, 0.90}} {
		share := differenceCoverage(test.n, rng.ExpFloat64, 1)
		t.Logf("exponential, n = %d: coverage %.1f%%", test.n, 100*share)
		if math.Abs(share-test.documented) > 0.01 {
			t.Errorf("n = %d: coverage %.1f%%, and %.0f%% is documented", test.n, 100*share, 100*test.documented)
		}
	}
}

// differenceCoverage returns the share of 10,000 intervals of n differences that contain truth;
// its standard error at 0.95 is 0.0022.
func differenceCoverage(n int, draw func() float64, truth float64) float64 {
	const trials = 10_000
	held := 0
	ds := make([]float64, n)
	for range trials {
		for i := range ds {
			ds[i] = draw()
		}
		if d := PairedDifference(ds); d.Low <= truth && truth <= d.High {
			held++
		}
	}
	return float64(held) / trials
}

// Without a true difference, at most one test in twenty claims one, and at most one family in
// twenty by Holm's P.
func TestFalseClaimsAreRare(t *testing.T) {
	const trials, family = 4000, 5
	rng := rand.New(rand.NewPCG(9, 10))
	single, some := 0, 0
	for range trials {
		var ps []float64
		for range family {
			ds := make([]float64, 9)
			for i := range ds {
				ds[i] = rng.NormFloat64()
			}
			ps = append(ps, PairedDifference(ds).P)
		}
		if ps[0] <= 0.05 {
			single++
		}
		for _, p := range Holm(ps) {
			if p <= 0.05 {
				some++
				break
			}
		}
	}
	// 0.01 is three standard errors of a share of 0.05.
	for what, n := range map[string]int{"tests": single, "families": some} {
		if share := float64(n) / trials; share > 0.06 {
			t.Errorf("%.1f%% of %s claim a difference where there is none, want 5%% at most", 100*share, what)
		}
	}
}

func ExamplePairedDifference() {
	lora := []float64{1.931, 1.944, 1.927, 1.938, 1.940, 1.929} // by seed
	rslora := []float64{1.868, 1.885, 1.861, 1.879, 1.874, 1.866}
	differences := make([]float64, len(lora))
	for i := range lora {
		differences[i] = rslora[i] - lora[i]
	}
	d := PairedDifference(differences)
	fmt.Printf("%.4f [%.4f, %.4f] (n=%d), P %.1e, by flips of signs %.3f\n", d.Mean, d.Low, d.High, d.N, d.P, d.FlipP)
	// Output: -0.0627 [-0.0660, -0.0594] (n=6), P 6.8e-08, by flips of signs 0.031
}
