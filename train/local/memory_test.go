package local

import (
	"context"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"gonum.org/v1/gonum/blas/blas32"

	"ranksweep/data"
	"ranksweep/experiments"
	"ranksweep/metrics"
	"ranksweep/nn"
	"ranksweep/nn/heaptest"
	"ranksweep/results"
	"ranksweep/sweep"
	"ranksweep/sweep/sweeptest"
	"ranksweep/tokenizer"
	"ranksweep/train"
)

// TestBytesAreAllocated: a run takes the memory that was counted for it, the optional
// quantities of its points, which were not, and less than 80 KB more for names,
// headers, the probe's few batches and the page that the curve is rounded up to. The
// runtime rounds up none of this model's shapes.
func TestBytesAreAllocated(t *testing.T) {
	plain, err := nn.New(nn.Config{
		Vocab: 512, Dim: 128, Layers: 3, Heads: 4, KVHeads: 2, HeadDim: 32, Hidden: 256,
		Context: 4096, NormEps: 1e-5, RopeTheta: 10000, TiedHead: true,
	})
	check(t, err)
	plain.Init(rand.New(rand.NewPCG(1, 1)))
	half := plain.Clone()
	half.BF16()
	source, err := data.Load(testData(t))
	check(t, err)
	for _, test := range []struct {
		of  *nn.Model
		set string
	}{
		{plain, "rank=4"}, {plain, "rank=64"}, {plain, "rank=1024"}, // factored, and merged
		{plain, "dropout=0.5"}, {plain, "targets=attention"}, {stored(plain), "rank=4"},
		{half, "precision=bf16"}, {half, "rank=1024 precision=bf16"},
		{plain, "optimizer=sgd"}, {plain, "optimizer=sgd momentum=0.9"}, {plain, "optimizer=adafactor"},
		{plain, "optimizer=lion"}, {plain, "optimizer=signsgd"}, {plain, "rank=1024 optimizer=muon"},
		{plain, "batch=1"}, {plain, "accumulate=3"}, {plain, "steps=20000"}, {plain, "measure.modules_every=2"},
		{plain, "measure.theory=true"}, {stored(plain), "measure.theory=true"},
		{plain, "method=dora rank=4"}, {plain, "method=dora rank=1024"}, {plain, "method=dora dropout=0.5"},
		{half, "method=dora precision=bf16"}, {half, "method=dora rank=1024 precision=bf16"},
		{stored(plain), "method=dora rank=4"},
		{plain, "method=full"}, {plain, "method=full optimizer=muon targets=mlp measure.theory=true"},
	} {
		t.Run(test.set, func(t *testing.T) {
			e := &experiments.Experiment{Base: experiments.Defaults()}
			e.Base.Data.Validation, e.Base.Adapter.Rank = 6, 16
			check(t, e.Set(strings.Fields(test.set)...))
			c := experiments.Point{Config: e.Base}.Canonical().Config
			d, err := data.Encode(context.Background(), source, tokenizer.NewByteTokenizer(), data.Settings{
				Loss: data.LossCompletion, Context: c.Train.Context, Validation: 6,
			})
			check(t, err)
			checkBytes(t, c, test.of, d)
		})
	}
}

func checkBytes(t *testing.T, c experiments.Config, m *nn.Model, d *data.Dataset) {
	t.Helper()
	_, want, err := outlineOf(c, m, d)
	check(t, err)
	_, err = newTraining(new(nn.Arena), c, m, d) // it makes the buffers that all runs share
	check(t, err)
	arena := new(nn.Arena)
	m.ReserveScratch(arena) // the scratch that products allocate later
	scratch := arena.Bytes
	var run *training
	grown := heaptest.Grown(func() any {
		run, err = newTraining(arena, c, m, d)
		check(t, err)
		if !surveyed(c) {
			return run
		}
		survey, err := surveyOf(arena, c, m)
		check(t, err)
		return []any{run, survey}
	})
	if arena.Bytes != want {
		t.Errorf("%d bytes are counted without buffers, and %d with them", want, arena.Bytes)
	}
	optional := optionalBytes() * int64(points(c)+modulePoints(c)*len(run.set.Trainables))
	if more := grown + scratch - want - optional; more < 0 || more > 80<<10 {
		t.Errorf("%d bytes are allocated beyond the %d that were counted", more, want)
	}
}

// stored returns m with the weights of its maps in a file's format.
func stored(m *nn.Model) *nn.Model {
	m = m.Clone()
	for _, l := range append(m.Linears(), m.Head) {
		l.Stored, l.Weight.Data = rows{l.Weight}, nil
	}
	return m
}

// rows are weights that are stored as they are.
type rows struct{ of blas32.General }

func (r rows) Rows(dst []float32, first, n int) { copy(dst, r.of.Data[first*r.of.Cols:][:n*r.of.Cols]) }

// TestCountingTakesNothing: to count a run at rank 2048 on a model of LLaMA 2 7B's shapes
// takes less than two megabytes, names and headers included. The model has no weights here.
// A and B alone, with their gradients, would take gigabytes.
func TestCountingTakesNothing(t *testing.T) {
	const times = 64 // a small model's widths
	m, err := nn.New(nn.Config{
		Vocab: 32000 / times, Dim: 4096 / times, Layers: 32, Heads: 32, KVHeads: 32, HeadDim: 128 / times,
		Hidden: 11008 / times, Context: 4096, NormEps: 1e-5, RopeTheta: 10000,
	})
	check(t, err)
	for _, width := range []*int{&m.Config.Vocab, &m.Config.Dim, &m.Config.HeadDim, &m.Config.Hidden} {
		*width *= times
	}
	for _, l := range append(m.Linears(), m.Head) {
		l.Weight = blas32.General{Rows: times * l.Out(), Cols: times * l.In(), Stride: times * l.In()}
	}
	source, err := data.Load(testData(t))
	check(t, err)
	e := &experiments.Experiment{Base: experiments.Defaults()}
	check(t, e.Set("rank=2048", "init=orthogonal", "measure.theory=true", "data.validation=6"))
	c := e.Base
	d, err := data.Encode(context.Background(), source, tokenizer.NewByteTokenizer(), data.Settings{
		Loss: data.LossCompletion, Context: c.Train.Context, Validation: 6,
	})
	check(t, err)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, counted, err := outlineOf(c, m, d)
	runtime.ReadMemStats(&after)
	check(t, err)
	var trained int64
	for _, l := range m.Linears() {
		trained += 2 * 4 * 2048 * int64(l.Out()+l.In())
	}
	took := after.TotalAlloc - before.TotalAlloc
	if counted < trained || took > 2<<20 {
		t.Errorf("%d bytes were counted, A, B and their gradients take %d, and counting took %d", counted, trained,
			took)
	}
}

// narrow counts the runs that are trained at once, and says that each takes 1000 bytes. The
// first run waits for a second one, long enough for a busy machine to start it.
type narrow struct {
	*Trainer
	mu        sync.Mutex
	now, most int
	second    chan struct{} // closed when two runs are trained at once
}

func (n *narrow) Resolve(ctx context.Context, c experiments.Config) (train.Material, error) {
	m, err := n.Trainer.Resolve(ctx, c)
	m.Bytes = 1000
	return m, err
}

func (n *narrow) Train(ctx context.Context, c experiments.Config, report func(metrics.Point)) (train.Outcome, error) {
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
	return n.Trainer.Train(ctx, c, report)
}

// TestMemoryBoundsRunsAtOnce: four workers where there is memory for two runs
// never train three.
func TestMemoryBoundsRunsAtOnce(t *testing.T) {
	trainer := &narrow{Trainer: New(os.DirFS(t.TempDir())), second: make(chan struct{})}
	p := testPlan(t, trainer, testModel(t), testData(t))
	s := sweep.Scheduler{Trainers: train.Trainers{trainer}, Store: results.Open(t.TempDir()), Workers: 4, Memory: 2999,
		Observer: &sweeptest.Observer{}}
	check(t, s.Run(context.Background(), p))
	if trainer.most != 2 {
		t.Errorf("%d runs at once, want 2", trainer.most)
	}
}

// TestTooLargeARunIsRefused: before anything is trained, unless its result is stored
// already.
func TestTooLargeARunIsRefused(t *testing.T) {
	trainer := New(os.DirFS(t.TempDir()))
	p := testPlan(t, trainer, testModel(t), testData(t))
	o := &sweeptest.Observer{}
	s := sweep.Scheduler{Trainers: train.Trainers{trainer}, Store: results.Open(t.TempDir()), Workers: 2, Memory: 1000,
		Observer: o}
	err := s.Run(context.Background(), p)
	if err == nil || !strings.Contains(err.Error(), "of memory, but runs may use at most 1 KB") || o.Trained != 0 {
		t.Errorf("%d runs were trained: %v", o.Trained, err)
	}
	s.Memory = 1 << 30
	check(t, s.Run(context.Background(), p))
	s.Memory = 1000
	check(t, s.Run(context.Background(), p))
}
