package local

import (
	"context"
	"os"
	"testing"

	"ranksweep/sweep"
	"ranksweep/sweep/sweeptest"
)

// BenchmarkSweep is a tiny grid end to end: twelve runs of a small model,
// trained by two workers into a new store.
func BenchmarkSweep(b *testing.B) {
	trainer := New(os.DirFS(b.TempDir()))
	p := testPlan(b, trainer, testModel(b), testData(b))
	for b.Loop() {
		check(b, runPlan(b, context.Background(), p, trainer, b.TempDir(), 2, &sweeptest.Observer{}))
	}
	b.ReportMetric(sweep.Cost(p.Jobs)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOPS")
	b.ReportMetric(float64(len(p.Jobs)*b.N)/b.Elapsed().Seconds(), "runs/s")
}
