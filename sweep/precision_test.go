package sweep

import (
	"math"
	"strings"
	"testing"

	"ranksweep/metrics"
)

// TestPrecisionIsShown: it is a coordinate of every point as soon as one has
// not the usual one, wherever that was set, and of none otherwise.
func TestPrecisionIsShown(t *testing.T) {
	for text, want := range map[string]string{
		"grid: {seed: [0, 1]}":                                                     "seed=0\nseed=1",
		"grid: {seed: [0, 1]}\ntrain: {precision: float32}":                        "seed=0\nseed=1",
		"grid: {seed: [0, 1]}\ntrain: {precision: bf16}":                           "seed=0 precision=bf16\nseed=1 precision=bf16",
		"grid: {seed: [0], precision: [bf16, float32]}":                            "seed=0 precision=bf16\nseed=0 precision=float32",
		"grid: {seed: [0, 1]}\nwhen:\n  - {if: {seed: 1}, set: {precision: bf16}}": "seed=0 precision=float32\nseed=1 precision=bf16",
	} {
		e, err := decode("x.yaml", []byte("name: x\ndata: go-functions\n"+text))
		check(t, err)
		points, err := e.Configs()
		check(t, err)
		var lines []string
		for _, p := range points {
			lines = append(lines, p.String())
		}
		if got := strings.Join(lines, "\n"); got != want {
			t.Errorf("%s\n\nhas the points\n%s\nwant\n%s", text, got, want)
		}
	}
}

// TestBF16TrainsCloseToFloat32: within a percent, and not the same; at a rank
// at which float32 takes the merged form too.
func TestBF16TrainsCloseToFloat32(t *testing.T) {
	for _, rank := range []int{4, 64} {
		c := testConfig(t)
		c.Adapter.Rank, c.Train.Steps = rank, 30
		usual := trainOne(t, c)
		c.Train.Precision = bf16Precision
		half := trainOne(t, c)
		for i, p := range usual.Curve {
			for _, q := range []metrics.Quantity{metrics.TrainLoss, metrics.ValLoss, metrics.GradNorm} {
				a, b := p.Values[q], half.Curve[i].Values[q]
				if a == b || !(math.Abs(a-b) < 0.01*a) && !math.IsNaN(a) {
					t.Fatalf("rank %d, step %d: %s is %g in float32 and %g in bfloat16", rank, p.Step, q.Label(), a, b)
				}
			}
		}
	}
}
