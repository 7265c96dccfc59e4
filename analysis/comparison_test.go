package analysis

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"ranksweep/grid"
	"ranksweep/metrics"
	"ranksweep/results"
)

// lossCell is a cell of a scheme whose runs of seeds 0, 1, … have the given final validation
// losses; 0 stands for a run that diverged.
func lossCell(scheme string, losses ...float64) Cell {
	var runs []results.Run
	for seed, loss := range losses {
		r := testRun(scheme, 1, 4, uint64(seed))
		r.Curve[len(r.Curve)-1].Values[metrics.ValLoss] = loss
		if loss == 0 {
			r.Status = results.Diverged
		}
		runs = append(runs, r)
	}
	return Cells(Rows(runs))[0]
}

// twin marks a cell as one whose training is mathematically identical to other twins'.
func twin(c Cell) Cell {
	c.TwinID = "twin"
	return c
}

func TestComparePairsBySeed(t *testing.T) {
	loss := metrics.ValLossFinal
	unlike := lossCell("rslora", 9, 2, 9, 9)
	unlike.Runs[0].Seed, unlike.Runs[2].Seed = 77, 78
	for _, test := range []struct {
		name                string
		c, reference        Cell
		n                   int
		mean, referenceMean float64
		same                bool
	}{
		{"three pairs", lossCell("rslora", 1, 2, 3), lossCell("lora", 2, 2.5, 4.5), 3, -1, 3, false},
		{"a diverged run", lossCell("rslora", 1, 0, 3), lossCell("lora", 2, 2.5, 4), 2, -1, 3, false},
		{"diverged in either", lossCell("rslora", 1, 0), lossCell("lora", 0, 2.5), 0, math.NaN(), math.NaN(), false},
		{"seeds in one alone", unlike, lossCell("lora", 5, 1, 5, 8), 2, 1, 4.5, false},
		{"identical", lossCell("rslora", 1, 2), lossCell("lora", 1, 2), 2, 0, 1.5, true},
		{"as good in the mean", lossCell("rslora", 1, 2), lossCell("lora", 2, 1), 2, 0, 1.5, false},
		{"one function, but for rounding", twin(lossCell("rslora", 1, 2.001)), twin(lossCell("lora", 1, 2)), 2, 0.0005,
			1.5, true},
		{"one identical pair", lossCell("rslora", 1), lossCell("lora", 1), 1, 0, 1, true},
	} {
		c, err := Compare(test.c, test.reference, loss)
		if err != nil {
			t.Fatal(err)
		}
		if c.Difference.N != test.n || !closeTo(c.Difference.Mean, test.mean) ||
			!closeTo(c.ReferenceMean, test.referenceMean) || c.Same != test.same {
			t.Errorf("%s: n = %d, mean %g, reference %g, same %t; want %d, %g, %g, %t", test.name,
				c.Difference.N, c.Difference.Mean, c.ReferenceMean, c.Same,
				test.n, test.mean, test.referenceMean, test.same)
		}
	}
}

// Compare returns what the reference learned in each pair, NaN if it was not measured.
func TestCompareHandsOverWhatWasLearned(t *testing.T) {
	loss := metrics.ValLossFinal
	reference := lossCell("lora", 2, 2.5, 0, 2)
	for i, r := range reference.Runs {
		if r.Seed != 3 {
			reference.Runs[i].Curve[0].Values[metrics.ValLoss] = 3
		} else {
			reference.Runs[i].Curve[0].Values[metrics.ValLoss] = math.NaN()
		}
	}
	c, err := Compare(lossCell("rslora", 1, 2, 3, 4), reference, loss)
	if err != nil {
		t.Fatal(err)
	}
	differences, learned := []float64{-1, -0.5, 2}, []float64{1, 0.5, math.NaN()}
	if !slices.EqualFunc(c.Differences, differences, closeTo) || !slices.EqualFunc(c.Learned, learned, closeTo) {
		t.Errorf("differences %v, learned %v; want %v, %v", c.Differences, c.Learned, differences, learned)
	}
}

func closeTo(a, b float64) bool { return math.Abs(a-b) < 1e-12 || math.IsNaN(a) && math.IsNaN(b) }

func TestCompareRefusesMixtures(t *testing.T) {
	loss := metrics.ValLossFinal
	for want, change := range map[string]func(*Cell){
		"analysis: not compared: two optimizers, sgd and adamw": func(c *Cell) { c.Optimizer = "sgd" },
		"analysis: not compared: two models, other and m":       func(c *Cell) { c.Provenance.ModelHash = "other" },
		"analysis: not compared: two data, other and d":         func(c *Cell) { c.Provenance.DataHash = "other" },
		"analysis: not compared: two numerics, 7 and 1":         func(c *Cell) { c.Provenance.Numerics = 7 },
	} {
		c := lossCell("rslora", 1, 2)
		change(&c)
		if _, err := Compare(c, lossCell("lora", 1, 2), loss); err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// TestCompareTakesTwoPrecisions: they have different numerics, and are compared nevertheless.
func TestCompareTakesTwoPrecisions(t *testing.T) {
	c, reference := lossCell("lora", 1, 2), lossCell("lora", 1, 3)
	c.Provenance.Numerics = 7
	c.Axes = append(slices.Clone(c.Axes), grid.Coordinate{Name: "precision", Value: "bf16"})
	reference.Axes = append(slices.Clone(reference.Axes), grid.Coordinate{Name: "precision", Value: "float32"})
	got, err := Compare(c, reference, metrics.ValLossFinal)
	if err != nil || got.Difference.N != 2 {
		t.Errorf("%d pairs, error %v", got.Difference.N, err)
	}
	reference.Axes = c.Axes
	if _, err := Compare(c, reference, metrics.ValLossFinal); err == nil {
		t.Error("two numerics of one precision are compared")
	}
}

func TestDiffering(t *testing.T) {
	run := func(config string) results.Run { return results.Run{Config: json.RawMessage(config)} }
	a := run(`{"model": "x", "data": {"source": "a", "eos": true}, "adapter": {"rank": 4, "targets": ["q", "v"]},` +
		` "seed": 1}`)
	b := run(`{"model": "y", "data": {"source": "b", "eos": false}, "adapter": {"rank": 8, "targets": ["q"]},` +
		` "train": {"clip": 1}, "seed": 2}`)
	for _, pair := range [][2]results.Run{{a, b}, {b, a}} {
		got := Differing(pair[0], pair[1], "seed")
		if !slices.Equal(got, []string{"clip", "eos", "rank", "targets"}) {
			t.Errorf("differ in %s", strings.Join(got, ", "))
		}
	}
	if got := Differing(a, a); len(got) > 0 {
		t.Errorf("a run differs from itself in %s", strings.Join(got, ", "))
	}
	if got := Differing(results.Run{}, results.Run{}); len(got) > 0 {
		t.Errorf("runs without configs differ in %s", strings.Join(got, ", "))
	}
}
