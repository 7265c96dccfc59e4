package local

import (
	"context"
	"fmt"
	"math"
	"slices"
	"unsafe"

	"ranksweep/data"
	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/nn"
	"ranksweep/paper/number"
	"ranksweep/results"
	"ranksweep/train"
	"ranksweep/train/resume"
)

// training is one run that is being trained.
type training struct {
	c        experiments.Config
	set      *lora.Set
	pass     *nn.Pass
	params   []nn.Param
	gauge    *metrics.Gauge
	opt      nn.Optimizer
	schedule nn.Schedule
	sampler  *data.Sampler

	batches []nn.Batch // the batches of one step; several if gradients accumulate
	probe   []nn.Batch
	val     []nn.Batch
	modules []metrics.Values // the values of one step, one per adapted map
	drop    float64          // first loss drop: by the first update, to first order
	onset   float64          // training loss before the first update
	actual  float64          // first loss drop as measured on the same batches
	base    *validated       // validation before training, shared with other runs; nil if it is not shared
	first   int              // the step with which this process begins
	tokens  int64
	outcome train.Outcome
}

// newTraining prepares a run. Its buffers come from the arena.
func newTraining(arena *nn.Arena, c experiments.Config, m *nn.Model, d *data.Dataset) (*training, error) {
	if err := trainable(c, d); err != nil {
		return nil, err
	}
	set, err := c.Adapter.Trains().Attach(arena, m, c.LoRA(), c.Seed)
	if err != nil {
		return nil, experiments.About(err, "rank", "targets", "method")
	}
	pass, err := nn.NewPassIn(arena, m, c.PassTokens(), set.Maps())
	if err != nil {
		return nil, err
	}
	params := pass.Params()
	opt, err := nn.NewOptimizerIn(arena, c.Train.OptimizerConfig(), params)
	if err != nil {
		return nil, err
	}
	t := &training{
		c: c, set: set, pass: pass, params: params, gauge: metrics.NewGauge(arena, set), opt: opt,
		schedule: c.Train.LRSchedule(), sampler: data.NewSampler(arena, d.Train, c.Seed),
		modules: make([]metrics.Values, len(set.Trainables)),
		val:     batchesOf(arena, d.Val, c.Train.Batch),
	}
	for range c.Train.Accumulate {
		t.batches = append(t.batches, nn.NewBatch(arena, c.PassTokens()))
	}
	if !arena.Counting {
		t.probe = probeOf(c, d)
	}
	t.outcome.Status = results.Done
	t.outcome.Curve = makePoints(arena, points(c))
	t.outcome.Modules = makePoints(arena, modulePoints(c)*len(set.Trainables))
	t.outcome.Validation = validationOf(arena, t.val, d.Val, c.Train.Batch)
	return t, nil
}

// trainable returns an error if all examples are held out for validation.
func trainable(c experiments.Config, d *data.Dataset) error {
	if len(d.Train) == 0 {
		return experiments.About(fmt.Errorf("local: data %s: no training examples are left: lower validation, "+
			"which is %d", c.Data.Source, c.Data.Validation), "validation", "data")
	}
	return nil
}

// makePoints makes room for n points. Their optional quantities are not counted, so
// that the size that is stored of a run does not depend on which quantities other
// methods have.
func makePoints(arena *nn.Arena, n int) []metrics.Point {
	made := nn.Make[metrics.Point](arena, n)
	arena.Bytes -= int64(n) * optionalBytes()
	return made[:0]
}

// optionalBytes is the memory of a point's optional quantities.
func optionalBytes() (n int64) {
	for q := range metrics.Quantity(metrics.NumQuantities) {
		if q.Optional() {
			n += int64(unsafe.Sizeof(metrics.Values{}[q]))
		}
	}
	return n
}

// points is how many points a run's curve has: those of Measure.Every, and
// the first, the second and the last step.
func points(c experiments.Config) int { return c.Train.Steps/c.Measure.Every + 3 }

// modulePoints returns the number of points in the curve of each single adapted map.
func modulePoints(c experiments.Config) int {
	if c.Measure.ModulesEvery == 0 {
		return 0
	}
	return c.Train.Steps/c.Measure.ModulesEvery + 3
}

// probeOf returns the fixed batches on which adapters are measured.
func probeOf(c experiments.Config, d *data.Dataset) []nn.Batch {
	return batchesOf(new(nn.Arena), probed(c, d), c.Train.Batch)
}

// probed returns the sequences on which adapters are measured: the first examples of the
// validation set or, if there is none, of the training set.
func probed(c experiments.Config, d *data.Dataset) []data.Sequence {
	from := d.Val
	if len(from) == 0 {
		from = d.Train
	}
	return from[:min(len(from), c.Measure.Probe)]
}

// batchesOf lays sequences out in batches of at most size, in order.
func batchesOf(arena *nn.Arena, sequences []data.Sequence, size int) []nn.Batch {
	var batches []nn.Batch
	for part := range slices.Chunk(sequences, size) {
		tokens := 0
		for _, s := range part {
			tokens += s.Len()
		}
		b := nn.NewBatch(arena, tokens)
		if !arena.Counting {
			data.Fill(&b, part)
		}
		batches = append(batches, b)
	}
	return batches
}

// validationOf returns an entry for each batch of sequences, to be filled at each validation; nil if there
// are no batches. The numbers of bytes are not counted as memory, so that the size that is stored of a run is that
// of runs without them.
func validationOf(arena *nn.Arena, batches []nn.Batch, sequences []data.Sequence, size int) []results.ValidationBatch {
	if len(batches) == 0 {
		return nil
	}
	parts := nn.Make[results.ValidationBatch](arena, len(batches))
	arena.Bytes -= int64(len(batches)) * int64(unsafe.Sizeof(results.ValidationBatch{}.Bytes))
	for i := range parts {
		parts[i].Scored = batches[i].Scored()
		if !arena.Counting {
			parts[i].Bytes = data.Bytes(sequences[i*size : min(len(sequences), (i+1)*size)])
		}
	}
	return parts
}

// run trains to the end, or until a measurement is no longer finite. The keeper may save the
// run before each step.
func (t *training) run(ctx context.Context, k *resume.Keeper, report func(metrics.Point)) (train.Outcome, error) {
	rates := t.c.Rates()
	for step := t.first; step < t.c.Train.Steps; step++ {
		interrupted := ctx.Err()
		if k.Due(step) {
			k.Save(t.state(step))
		}
		if interrupted != nil {
			return train.Outcome{}, interrupted
		}
		if err := t.measure(step, report); err != nil || t.outcome.Status == results.Diverged {
			return t.outcome, err
		}
		if limit := t.c.Train.Clip; limit > 0 {
			nn.ClipGlobalNorm(t.params, limit)
		}
		t.opt.Step(rates.Times(t.schedule.Factor(step)))
		t.set.Updated()
		t.set.Allocate(step)
		if step == 0 {
			if err := t.dropped(); err != nil {
				return t.outcome, err
			}
		}
		t.outcome.Steps, t.outcome.Tokens = step+1, t.tokens
	}
	err := t.measure(t.c.Train.Steps, report)
	t.outcome.Adapters = t.set.Trained()
	return t.outcome, err
}

// measure does everything in a step except its update. It records the measurements that are
// due, and computes the gradient for the update, unless the last update has been made.
func (t *training) measure(step int, report func(metrics.Point)) error {
	p := metrics.Point{Step: step, Tokens: t.tokens, Values: metrics.NoValues()}
	modules := t.moduleValues(step)
	if err := t.inspect(step, &p.Values, modules); err != nil {
		return err
	}
	t.gauge.Ranks(&p.Values, modules)
	if step < t.c.Train.Steps && t.outcome.Status != results.Diverged {
		if err := t.gradient(step, &p.Values, modules); err != nil {
			return err
		}
	}
	t.record(p, modules)
	report(p)
	return nil
}

// gradient computes the step's loss and gradient, averaged over the scored tokens of all its batches, and
// measures them; and then adds the gradient of the method's penalty, if it has one.
func (t *training) gradient(step int, run *metrics.Values, modules []metrics.Values) error {
	scored := 0
	for i := range t.batches {
		b := &t.batches[i]
		t.sampler.Batch(b, step*t.c.Train.Accumulate+i, t.c.Train.Batch)
		scored += b.Scored()
		t.tokens += int64(len(b.Tokens))
	}
	t.pass.ClearGradients(t.params)
	var sum float64
	for i := range t.batches {
		part, err := t.pass.Gradient(&t.batches[i], 1/float32(scored))
		if err != nil {
			return err
		}
		sum += part
	}
	run[metrics.TrainLoss] = sum / float64(scored)
	if step == 0 {
		t.onset = run[metrics.TrainLoss]
	}
	t.gauge.Gradients(run, modules)
	if penalty := t.set.Penalize(); penalty > 0 {
		run[metrics.Penalty] = penalty
	}
	t.watch(step, run, metrics.TrainLoss)
	t.watch(step, run, metrics.GradNorm)
	return nil
}

// inspect measures the validation loss and the probe batch at the steps where they are due.
func (t *training) inspect(step int, run *metrics.Values, modules []metrics.Values) error {
	if len(t.val) > 0 && t.c.Validates(step) {
		loss, err := t.validate(step)
		if err != nil {
			return err
		}
		run[metrics.ValLoss] = loss
		t.watch(step, run, metrics.ValLoss)
	}
	if step == 1 {
		run[metrics.LossDrop], run[metrics.LossDropActual] = t.drop, t.actual
	}
	if t.c.Probes(step) {
		if err := t.gauge.Probe(t.pass, t.probe, run, modules); err != nil {
			return err
		}
		t.watch(step, run, metrics.DeltaW)
		t.watch(step, run, metrics.AdapterOutput)
	}
	return nil
}

// dropped measures by how much the first update lowered the loss of its own batches: first
// to first order, from the gradients, then by a forward pass, which does not touch them. The
// forward pass is made without dropout. The loss before the update is the same with and
// without dropout, since an adapter before its first update adds nothing to its map.
func (t *training) dropped() error {
	t.drop = t.gauge.Drop()
	after, err := t.loss(t.batches, nil)
	t.actual = t.onset - after
	return err
}

// validate returns the validation loss, and keeps the contribution of each batch. Before the
// first update the loss is the base's for every method, to the bit, since an adapter without
// an update adds zeros.
func (t *training) validate(step int) (float64, error) {
	if step > 0 || t.base == nil {
		return t.loss(t.val, t.outcome.Validation)
	}
	t.base.once.Do(func() {
		t.base.loss, t.base.err = t.loss(t.val, t.outcome.Validation)
		t.base.parts = slices.Clone(t.outcome.Validation)
	})
	copy(t.outcome.Validation, t.base.parts)
	return t.base.loss, t.base.err
}

// loss returns the mean loss over the scored tokens of batches, without dropout. It changes
// nothing that training reads. If parts is not nil, it receives the sum of each batch.
func (t *training) loss(batches []nn.Batch, parts []results.ValidationBatch) (float64, error) {
	t.set.SetMode(lora.Eval)
	defer t.set.SetMode(lora.Train)
	var sum float64
	scored := 0
	for i := range batches {
		part, err := t.pass.Loss(&batches[i])
		if err != nil {
			return 0, err
		}
		if parts != nil {
			parts[i].Nats = part
		}
		sum += part
		scored += batches[i].Scored()
	}
	return sum / float64(scored), nil
}

// moduleValues returns empty values for each adapted map if single maps are measured at this
// step, otherwise nil.
func (t *training) moduleValues(step int) []metrics.Values {
	if !t.c.Splits(step) {
		return nil
	}
	for i := range t.modules {
		t.modules[i] = metrics.NoValues()
	}
	return t.modules
}

// watch ends the run if a value that was just measured is not finite.
func (t *training) watch(step int, v *metrics.Values, q metrics.Quantity) {
	Watch(&t.outcome, step, v, q)
}

// Watch makes an outcome diverged if a value that was just measured is not finite. The first
// such value is the reason.
func Watch(o *train.Outcome, step int, v *metrics.Values, q metrics.Quantity) {
	if x := v[q]; o.Status != results.Diverged && (math.IsNaN(x) || math.IsInf(x, 0)) {
		o.Status = results.Diverged
		o.Reason = fmt.Sprintf("%s is %s at step %d", q.Label(), number.Brief(x), step)
	}
}

// record keeps a step's point if it is due, or if it is the last of a run that diverged.
func (t *training) record(p metrics.Point, modules []metrics.Values) {
	if t.c.Records(p.Step) || t.outcome.Status == results.Diverged {
		t.outcome.Curve = append(t.outcome.Curve, p)
	}
	for i, v := range modules {
		t.outcome.Modules = append(t.outcome.Modules, metrics.Point{
			Step: p.Step, Tokens: p.Tokens, Module: t.set.Trainables[i].Frozen().Name, Values: v,
		})
	}
}
