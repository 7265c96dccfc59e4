package peft

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"ranksweep/experiments"
	"ranksweep/lora/peft/pefttest"
	"ranksweep/metrics"
	"ranksweep/train"
	"ranksweep/train/external"
	"ranksweep/train/local"
)

// float64s returns the trainer peft in float64.
func float64s(t *testing.T) *external.Trainer {
	t.Helper()
	p, dir := Program(pefttest.Python(t)), t.TempDir()
	check(t, os.CopyFS(dir, p.Source))
	main, err := os.ReadFile("testdata/float64.py")
	check(t, err)
	check(t, os.WriteFile(filepath.Join(dir, "float64.py"), main, 0o666))
	p.Source, p.Main = os.DirFS(dir), "float64.py"
	x := external.New(t.Context(), p, local.New(os.DirFS(t.TempDir())), []string{external.CPU})
	t.Cleanup(func() { check(t, x.Close()) })
	return x
}

// deviation is the root mean square of the relative deviations of all quantities of a run,
// after the first update.
func deviation(got, exact train.Outcome) float64 {
	var sum, n float64
	for i, p := range got.Curve {
		for q, x := range p.Values {
			if y := exact.Curve[i].Values[q]; p.Step > 1 && !math.IsNaN(y) {
				sum += math.Pow((x-y)/y, 2)
				n++
			}
		}
	}
	return math.Sqrt(sum / n)
}

// TestFloat64: of optimizers under which rounding grows from step to step, both trainers are
// about as far from what is computed without rounding: neither three times as far as the other.
func TestFloat64(t *testing.T) {
	b, exact, source := newBoth(t), float64s(t), pefttest.Letters(t, 40)
	for _, name := range signLike {
		for _, method := range b.methods(t) {
			t.Run(name+" "+method, func(t *testing.T) {
				c := of(config(filepath.Join(goldens, "gpt2"), source), name)
				c.Adapter.Method = method
				c = experiments.Point{Config: c}.Canonical().Config
				there, here := b.outcomes(t, c)
				want, err := exact.Train(t.Context(), c, func(metrics.Point) {})
				check(t, err)
				ours, theirs := deviation(here, want), deviation(there, want)
				t.Logf("deviation from float64: %.1e here, %.1e there", ours, theirs)
				if !(theirs < 3*ours && ours < 3*theirs) {
					t.Error("one is more than three times the other")
				}
			})
		}
	}
}
