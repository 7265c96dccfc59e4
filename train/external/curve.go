package external

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"ranksweep/data"
	"ranksweep/metrics"
	"ranksweep/nn"
	"ranksweep/results"
	"ranksweep/train"
	"ranksweep/train/local"
)

// curve makes an outcome of the steps that the other process reports.
type curve struct {
	work    local.Work
	lengths []int // tokens of each step's batches
	outcome train.Outcome
	next    int // the step that is expected
}

func newCurve(w local.Work) *curve {
	t := w.Config.Train
	c := &curve{work: w, lengths: make([]int, t.Steps), outcome: train.Outcome{Status: results.Done}}
	for i, place := range w.Order() {
		c.lengths[i/(t.Accumulate*t.Batch)] += w.Data.Train[place].Len()
	}
	for part := range slices.Chunk(w.Data.Val, t.Batch) {
		var b nn.Batch
		data.Fill(&b, part)
		c.outcome.Validation = append(c.outcome.Validation, results.ValidationBatch{Scored: b.Scored()})
	}
	return c
}

// watched are the quantities that must be finite, in the order in which a step measures them.
var watched = []metrics.Quantity{
	metrics.ValLoss, metrics.DeltaW, metrics.AdapterOutput, metrics.TrainLoss, metrics.GradNorm,
}

// add takes one step's measurements, and returns the point that they make.
func (c *curve) add(m message) (metrics.Point, error) {
	steps := c.work.Config.Train.Steps
	switch {
	case m.Step != c.next || m.Step > steps:
		return metrics.Point{}, fmt.Errorf("reported step %d: must be step %d of %d", m.Step, c.next, steps)
	case c.outcome.Status == results.Diverged:
		return metrics.Point{}, fmt.Errorf("reported step %d after it diverged: %s", m.Step, c.outcome.Reason)
	}
	if c.outcome.Steps = m.Step; m.Step > 0 {
		c.outcome.Tokens += int64(c.lengths[m.Step-1])
	}
	v, err := read(m.Values)
	p := metrics.Point{Step: m.Step, Tokens: c.outcome.Tokens, Values: v}
	if err != nil {
		return p, err
	}
	if err := c.validated(m); err != nil {
		return p, err
	}
	for _, q := range watched {
		if _, ok := m.Values[q.Name()]; ok {
			local.Watch(&c.outcome, m.Step, &p.Values, q)
		}
	}
	if _, ok := m.Values[metrics.TrainLoss.Name()]; !ok && m.Step < steps && c.outcome.Status == results.Done {
		return p, fmt.Errorf("reported step %d without train_loss", m.Step)
	}
	if err := c.keep(p, m); err != nil {
		return p, err
	}
	c.next++
	return p, nil
}

// validated keeps what the batches of the validation set add to its loss.
func (c *curve) validated(m message) error {
	if m.Validation == nil {
		return nil
	}
	if len(m.Validation) != len(c.outcome.Validation) {
		return fmt.Errorf("reported %d validation batches at step %d: must be %d", len(m.Validation), m.Step,
			len(c.outcome.Validation))
	}
	for i, nats := range m.Validation {
		c.outcome.Validation[i].Nats = float64(nats)
	}
	return nil
}

// keep records a step's point, and those of single maps.
func (c *curve) keep(p metrics.Point, m message) error {
	if c.work.Config.Records(p.Step) || c.outcome.Status == results.Diverged {
		c.outcome.Curve = append(c.outcome.Curve, p)
	}
	if m.Maps == nil {
		return nil
	}
	left := maps.Clone(m.Maps)
	for _, l := range c.work.Targets {
		v, err := read(m.Maps[l.Name])
		if err != nil {
			return fmt.Errorf("%s: %w", l.Name, err)
		}
		delete(left, l.Name)
		c.outcome.Modules = append(c.outcome.Modules, metrics.Point{
			Step: p.Step, Tokens: p.Tokens, Module: l.Name, Values: v,
		})
	}
	for name := range left {
		return fmt.Errorf("reported map %q at step %d, which the run does not adapt", name, m.Step)
	}
	return nil
}

// end returns the outcome of a run that the other process calls done.
func (c *curve) end() (train.Outcome, error) {
	if !c.finished() {
		return c.outcome, fmt.Errorf("said done%s", c.place())
	}
	if c.next == 0 {
		return c.outcome, errors.New("ended without any step")
	}
	return c.outcome, nil
}

// finished reports whether no step is missing.
func (c *curve) finished() bool {
	return c.next > c.work.Config.Train.Steps || c.outcome.Status == results.Diverged
}

// read returns the values of quantities by their names; those that are missing are absent.
func read(from values) (metrics.Values, error) {
	v := metrics.NoValues()
	for name, x := range from {
		q, ok := metrics.QuantityNamed(name)
		if !ok {
			return v, fmt.Errorf("reported quantity %q, which is unknown: docs/columns.md lists them", name)
		}
		v[q] = float64(x)
	}
	return v, nil
}
