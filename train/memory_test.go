package train

import (
	"context"
	"math"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"ranksweep/data"
	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/nn"
	"ranksweep/results"
	"ranksweep/sweep"
	"ranksweep/sweep/sweeptest"
	"ranksweep/tokenizer"
)

// TestBytesAreAllocated: a run takes the memory that was counted for it, to
// within 2%, which is for headers, names and what allocations are rounded to.
func TestBytesAreAllocated(t *testing.T) {
	m, err := nn.New(nn.Config{
		Vocab: 257, Dim: 128, Layers: 3, Heads: 4, KVHeads: 2, HeadDim: 32, Hidden: 300,
		Context: 4096, NormEps: 1e-5, RopeTheta: 10000, TiedHead: true,
	})
	check(t, err)
	source, err := data.Load(testData(t))
	check(t, err)
	for _, set := range []string{
		"rank=4", "rank=64", "rank=1024", "dropout=0.5", "targets=attention", "optimizer=sgd", "optimizer=sgd momentum=0.9", "optimizer=adafactor", "optimizer=lion", "optimizer=signsgd", "rank=1024 optimizer=muon",
		"steps=20000", "batch=1", "precision=bf16",
		"method=full", "method=full optimizer=muon targets=mlp measure.theory=true",
	} {
		t.Run(set, func(t *testing.T) {
			e := &experiments.Experiment{Base: experiments.Defaults()}
			e.Base.Data.Validation, e.Base.Adapter.Rank = 6, 16
			check(t, e.Set(strings.Fields(set)...))
			c := experiments.Point{Config: e.Base}.Canonical().Config
			d, err := data.Encode(source, tokenizer.NewByteTokenizer(), data.Settings{Loss: data.LossCompletion, Context: c.Train.Context, Validation: 6})
			check(t, err)
			m := m
			if c.Train.Precision == experiments.BF16Precision {
				m = m.Clone()
				m.BF16()
			}
			targets, err := lora.Targets(m, c.Adapter.Targets)
			check(t, err)

			before := heap()
			run, err := newTraining(c, m, d)
			check(t, err)
			got, want := heap()-before, bytesOf(c, m, targets, d)
			runtime.KeepAlive(run)
			if math.Abs(float64(got-want)) > 0.02*float64(want) {
				t.Errorf("%d bytes are allocated, %d were counted: %.3f times", got, want, float64(got)/float64(want))
			}
		})
	}
}

// heap is how many bytes are in use. What lies in a pool survives one collection,
// and not two.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// narrow counts the runs that are trained at once, and takes each for 1000
// bytes. The first run waits for a second one, for so long that a busy machine is
// no reason for there being none.
type narrow struct {
	*Local
	mu        sync.Mutex
	now, most int
	second    chan struct{} // closed once two are trained at once
}

func (n *narrow) Resolve(c experiments.Config) (sweep.Material, error) {
	m, err := n.Local.Resolve(c)
	m.Bytes = 1000
	return m, err
}

func (n *narrow) Train(ctx context.Context, c experiments.Config, report func(metrics.Point)) (sweep.Outcome, error) {
	n.mu.Lock()
	n.now++
	if n.now == 2 && n.most < 2 {
		close(n.second)
	}
	n.most = max(n.most, n.now)
	n.mu.Unlock()
	select {
	case <-n.second:
	case <-time.After(10 * time.Second):
	}
	defer func() {
		n.mu.Lock()
		n.now--
		n.mu.Unlock()
	}()
	return n.Local.Train(ctx, c, report)
}

// TestMemoryBoundsRunsAtOnce: four workers where there is memory for two runs
// never train three.
func TestMemoryBoundsRunsAtOnce(t *testing.T) {
	trainer := &narrow{Local: NewLocal(os.DirFS(t.TempDir())), second: make(chan struct{})}
	p := testPlan(t, trainer, testModel(t), testData(t))
	s := sweep.Scheduler{Trainers: sweep.Trainers{trainer}, Store: results.Open(t.TempDir()), Workers: 4, Memory: 2999, Observer: &sweeptest.Observer{}}
	check(t, s.Run(context.Background(), p))
	if trainer.most != 2 {
		t.Errorf("%d runs at once, want 2", trainer.most)
	}
}

// TestTooLargeARunIsRefused: before anything is trained, unless its result is
// there.
func TestTooLargeARunIsRefused(t *testing.T) {
	trainer := NewLocal(os.DirFS(t.TempDir()))
	p := testPlan(t, trainer, testModel(t), testData(t))
	o := &sweeptest.Observer{}
	s := sweep.Scheduler{Trainers: sweep.Trainers{trainer}, Store: results.Open(t.TempDir()), Workers: 2, Memory: 1000, Observer: o}
	if err := s.Run(context.Background(), p); err == nil || !strings.Contains(err.Error(), "of memory, and runs may have 1 KB here") || o.Trained != 0 {
		t.Errorf("%d runs were trained: %v", o.Trained, err)
	}
	s.Memory = 1 << 30
	check(t, s.Run(context.Background(), p))
	s.Memory = 1000
	check(t, s.Run(context.Background(), p))
}
