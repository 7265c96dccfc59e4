package foreign

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"ranksweep/lora"
	"ranksweep/lora/peft"
	"ranksweep/metrics"
)

// trial is one training as a file tells it.
type trial struct {
	at       string                  // the file and the place in it where the trial begins
	sum      string                  // sha256 of the file
	stated   map[string]string       // texts of fields and of further settings
	values   map[int]*metrics.Values // by step
	diverged string                  // why; empty if it did not
	ended    bool                    // the diverged trial's last step is that of its values
	doubts   []string
	started  time.Time
	seconds  float64
}

func newTrial(at string) *trial {
	return &trial{at: at, stated: make(map[string]string), values: make(map[int]*metrics.Values)}
}

// state sets a field, which may be stated twice only if it is the same.
func (t *trial) state(name, text string) error {
	f, err := fieldNamed(name)
	if err != nil {
		return err
	}
	value, err := f.read(text)
	if err != nil {
		return fmt.Errorf("%s %.40q: %w", name, text, err)
	}
	if name == rsLoRAField {
		name, value = schemeField, lora.Scheme{P: peft.Exponent(value == "true")}.String()
	}
	return t.add(name, value)
}

// add sets a setting to a text.
func (t *trial) add(name, value string) error {
	if was, twice := t.stated[name]; twice && was != value {
		return fmt.Errorf("%s %.40q: the run at %s has %.40q", name, value, t.at, was)
	}
	t.stated[name] = value
	return nil
}

// measure adds a value at a step; one step has one value of a quantity.
func (t *trial) measure(step int, q metrics.Quantity, value float64) error {
	v := t.values[step]
	if v == nil {
		none := metrics.NoValues()
		v = &none
		t.values[step] = v
	}
	if !math.IsNaN(v[q]) {
		return fmt.Errorf("step %d: has a value of %s already: two rows of one cell, the run at %s: if there are "+
			"several runs, name the column that tells them apart: seed, run, or one under axes", step, q.Name(), t.at)
	}
	v[q] = value
	return nil
}

// diverge says at which step a value was no number.
func (t *trial) diverge(step int, what string) {
	if t.diverged == "" {
		t.diverged, t.ended = fmt.Sprintf("%s is no number at step %d", what, step), true
	}
}

func (t *trial) doubt(text string) {
	if !slices.Contains(t.doubts, text) {
		t.doubts = append(t.doubts, text)
	}
}

// curve returns the points in order of step.
func (t *trial) curve() (points []metrics.Point) {
	for _, step := range slices.Sorted(maps.Keys(t.values)) {
		points = append(points, metrics.Point{Step: step, Tokens: metrics.TokensUnknown, Values: *t.values[step]})
	}
	return points
}

// full reports whether the weights themselves were trained, so that there is no rank.
func (t *trial) full() bool { return t.stated[schemeField] == lora.FullMethod }
