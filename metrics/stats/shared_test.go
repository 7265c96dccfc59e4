package stats

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat"
)

// Without a shared error a difference does not change. With one, its interval is wider and P is
// larger, and the two still agree.
func TestWithShared(t *testing.T) {
	d := PairedDifference([]float64{1, 2, 3, 2.5})
	for _, none := range []float64{0, math.NaN()} {
		if got := d.With(none); got.SE != d.SE || got.P != d.P || got.Low != d.Low {
			t.Errorf("without a shared error: %+v, and was %+v", got, d)
		}
	}
	for _, se := range []float64{0.01, 0.3, 0.7, 2} {
		got := d.With(se)
		if want := math.Hypot(d.SE, se); got.SE != want || got.SharedPart() != se/want {
			t.Errorf("shared %g: standard error %g, want %g", se, got.SE, want)
		}
		if (got.Low > 0) != (got.P < 0.05) {
			t.Errorf("shared %g: interval [%g, %g] and P %g contradict each other", se, got.Low, got.High, got.P)
		}
		if got.P <= d.P {
			t.Errorf("shared %g: P falls from %g to %g", se, d.P, got.P)
		}
	}
	if one := PairedDifference([]float64{1}); !math.IsNaN(one.With(1).P) {
		t.Error("one pair has a P")
	}
	if p := EquivalenceP([]float64{0, 0.1, -0.1, 0}, []float64{1, 1, 1, 1}, 2); p < 0.05 {
		t.Errorf("equivalent within 1 with an error of 2 that all pairs share: P %g", p)
	}
}

// If all pairs share an error, a test that ignores it claims far too many differences. A test that
// includes it claims one in 5% of samples without a true difference, up to four standard errors of
// the simulation.
func TestSizeWithShared(t *testing.T) {
	const draws, batches = 4000, 64
	rng := rand.New(rand.NewPCG(3, 1))
	for _, c := range []struct {
		pairs  int
		shared float64 // standard error of the shared part, in units of that of one pair
	}{{3, 0.3}, {8, 0.3}, {8, 1}} {
		without, with := 0, 0
		for range draws {
			parts := make([]float64, batches) // of the validation set
			for i := range parts {
				parts[i] = rng.NormFloat64() * c.shared * math.Sqrt(batches)
			}
			common, se := stat.MeanStdDev(parts, nil)
			var ds []float64
			for range c.pairs {
				ds = append(ds, common+rng.NormFloat64())
			}
			d := PairedDifference(ds)
			if d.P <= 0.05 {
				without++
			}
			if d.With(se/math.Sqrt(batches)).P <= 0.05 {
				with++
			}
		}
		size, error := float64(with)/draws, math.Sqrt(0.05*0.95/draws)
		if size > 0.05+4*error {
			t.Errorf("%+v: differences are claimed in %.3f of samples with the shared error, want at most 0.05", c,
				size)
		}
		if c.shared == 1 && float64(without)/draws < 0.2 {
			t.Errorf("%+v: without the shared error differences are claimed in %d of %d samples, so that this shows "+
				"nothing", c, without, draws)
		}
	}
}
