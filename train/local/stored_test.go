package local

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"ranksweep/checkpoint"
	"ranksweep/experiments"
	"ranksweep/metrics"
	"ranksweep/train"
)

// TestStoredWeightsChangeNoByte: a run over weights kept in their file's bfloat16 equals the
// run over the same weights in float32, in both forms of an adapter.
func TestStoredWeightsChangeNoByte(t *testing.T) {
	dir := testModel(t)
	model, err := checkpoint.Load(dir)
	check(t, err)
	check(t, checkpoint.Save(dir, model, checkpoint.BF16))
	for _, rank := range []int{2, 64} {
		c := testConfig(t)
		c.Model, c.Adapter.Rank = dir, rank
		run := func(stored bool) train.Outcome {
			l := New(os.DirFS(t.TempDir()))
			l.Stored = stored
			o, err := l.Train(context.Background(), c, func(metrics.Point) {})
			check(t, err)
			m, err := l.Model(dir)
			check(t, err)
			if got := m.Model.Blocks[0].Out.Stored != nil; got != stored {
				t.Fatalf("weights are stored: %v, want %v", got, stored)
			}
			return o
		}
		want, got := run(false), run(true)
		// Compared by bits, since NaN marks a quantity that was not measured.
		if len(want.Curve) < c.Train.Steps || fmt.Sprintf("%x", got.Curve) != fmt.Sprintf("%x", want.Curve) {
			t.Errorf("rank %d: another curve", rank)
		}
		for i, a := range got.Adapters {
			if b := want.Adapters[i]; !slices.Equal(a.A.Data, b.A.Data) || !slices.Equal(a.B.Data, b.B.Data) {
				t.Errorf("rank %d: %s is another adapter", rank, a.Module)
			}
		}
	}
}

func TestStoredWeightsAreOfFloat32Products(t *testing.T) {
	c := testConfig(t)
	c.Train.Precision = experiments.BF16Precision
	l := New(os.DirFS(t.TempDir()))
	l.Stored = true
	_, err := l.Resolve(context.Background(), c)
	if err == nil || !strings.Contains(err.Error(), "precision bf16: must be float32") {
		t.Error(err)
	}
}
