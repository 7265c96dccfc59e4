package external

import (
	"cmp"
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
	due     []int // what is measured at each step
	outcome train.Outcome
	next    int // the step that is expected
}

func newCurve(w local.Work) *curve {
	t := w.Config.Train
	c := &curve{
		work: w, due: due(w.Config), lengths: make([]int, t.Steps), outcome: train.Outcome{Status: results.Done},
	}
	for i, place := range w.Order() {
		c.lengths[i/(t.Accumulate*t.Batch)] += w.Data.Train[place].Len()
	}
	for part := range slices.Chunk(w.Data.Val, t.Batch) {
		var b nn.Batch
		data.Fill(&b, part)
		c.outcome.Validation = append(c.outcome.Validation,
			results.ValidationBatch{Scored: b.Scored(), Bytes: data.Bytes(part)})
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
	case c.next > steps:
		return metrics.Point{}, fmt.Errorf("reported step %d after the last one, %d: must say done", m.Step, steps)
	case m.Step != c.next:
		return metrics.Point{}, fmt.Errorf("reported step %d: must be step %d of %d", m.Step, c.next, steps)
	case c.outcome.Status == results.Diverged:
		return metrics.Point{}, fmt.Errorf("reported step %d after it diverged: %s", m.Step, c.outcome.Reason)
	}
	if c.outcome.Steps = m.Step; m.Step > 0 {
		c.outcome.Tokens += int64(c.lengths[m.Step-1])
	}
	v, err := c.read(m.Values, m.Step)
	p := metrics.Point{Step: m.Step, Tokens: c.outcome.Tokens, Values: v}
	if err != nil {
		return p, err
	}
	if err := c.validated(m, v[metrics.ValLoss]); err != nil {
		return p, err
	}
	for _, q := range watched {
		if _, ok := m.Values[q.Name()]; ok {
			local.Watch(&c.outcome, m.Step, &p.Values, q)
		}
	}
	if err := c.lacks(m); err != nil {
		return p, err
	}
	if err := c.keep(p, m); err != nil {
		return p, err
	}
	c.next++
	return p, nil
}

// lacks is an error if a step that did not diverge comes without one of the losses that it must have.
func (c *curve) lacks(m message) error {
	validates := c.due[m.Step]&dueValidation > 0 && len(c.outcome.Validation) > 0
	for _, f := range []struct {
		metrics.Quantity
		due bool
	}{{metrics.TrainLoss, m.Step < c.work.Config.Train.Steps}, {metrics.ValLoss, validates}} {
		if _, ok := m.Values[f.Name()]; f.due && !ok && c.outcome.Status == results.Done {
			return fmt.Errorf("reported step %d without %s", m.Step, f.Name())
		}
	}
	return nil
}

// validated keeps what the batches of the validation set add to its loss.
func (c *curve) validated(m message, loss float64) error {
	if m.Validation == nil {
		return nil
	}
	if err := c.must(atValidation, "validation", m.Step); err != nil {
		return err
	}
	if len(m.Validation) != len(c.outcome.Validation) {
		return fmt.Errorf("reported %d validation batches at step %d: must be %d", len(m.Validation), m.Step,
			len(c.outcome.Validation))
	}
	for i, nats := range m.Validation {
		c.outcome.Validation[i].Nats = float64(nats)
	}
	return c.fits(loss, m.Step)
}

// keep records a step's point, and those of single maps.
func (c *curve) keep(p metrics.Point, m message) error {
	if c.work.Config.Records(p.Step) || c.outcome.Status == results.Diverged {
		c.outcome.Curve = append(c.outcome.Curve, p)
	}
	if m.Maps == nil {
		return nil
	}
	if err := c.must(atMaps, "maps", m.Step); err != nil {
		return err
	}
	left := maps.Clone(m.Maps)
	for _, l := range c.work.Targets {
		v, err := c.readMap(m.Maps[l.Name], m.Step)
		if err != nil {
			return fmt.Errorf("map %s: %w", l.Name, err)
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
	if !slices.ContainsFunc(c.outcome.Validation, func(b results.ValidationBatch) bool { return b.Nats != 0 }) {
		c.outcome.Validation = nil // none was reported
	}
	return c.outcome, nil
}

// finished reports whether no step is missing.
func (c *curve) finished() bool {
	return c.next > c.work.Config.Train.Steps || c.outcome.Status == results.Diverged
}

// read returns the values of quantities at a step by their names; those that are missing are absent.
func (c *curve) read(from values, step int) (metrics.Values, error) {
	v := metrics.NoValues()
	for name, x := range from {
		q, ok := metrics.QuantityNamed(name)
		if !ok {
			return v, fmt.Errorf("reported quantity %q, which is unknown: docs/columns.md lists them", name)
		}
		if q.Derived() {
			return v, fmt.Errorf("reported %s, which follows from %s: must be left out", name, metrics.ValLoss.Name())
		}
		if err := cmp.Or(c.must(occasionOf(q), name, step), bounded(q, float64(x), step)); err != nil {
			return v, err
		}
		v[q] = float64(x)
	}
	return v, nil
}

// readMap is read of a single map.
func (c *curve) readMap(from values, step int) (metrics.Values, error) {
	v, err := c.read(from, step)
	for q := range ofRun {
		if _, ok := from[q.Name()]; ok && err == nil {
			err = fmt.Errorf("reported %s at step %d: must be of the run alone", q.Name(), step)
		}
	}
	return v, err
}
