package local

import (
	"math"
	"testing"

	"ranksweep/experiments"
	"ranksweep/metrics"
)

// TestBF16TrainsCloseToFloat32: losses are within a percent, but not equal, also at a rank
// at which float32 uses the merged form.
func TestBF16TrainsCloseToFloat32(t *testing.T) {
	for _, rank := range []int{4, 64} {
		c := testConfig(t)
		c.Adapter.Rank, c.Train.Steps = rank, 30
		usual := trainOne(t, c)
		c.Train.Precision = experiments.BF16Precision
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
