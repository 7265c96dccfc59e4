package local

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"

	"ranksweep/nn"
	"ranksweep/nn/kernel"
	"ranksweep/train/arrays"
	"ranksweep/train/resume"
)

// own is what a run remembers beside its arrays and measurements. The position in the data
// follows from the step.
type own struct {
	Kernel  string      `json:"kernel"`  // what computed
	Drop    uint64      `json:"drop"`    // bits of the first loss drop, to first order
	Actual  uint64      `json:"actual"`  // bits of the first loss drop as measured
	Streams []*position `json:"streams"` // of dropout, in the order of the maps
}

// position is where a random stream is, as text in JSON.
type position rand.PCG

// MarshalJSON writes the position.
func (p *position) MarshalJSON() ([]byte, error) {
	at, err := (*rand.PCG)(p).MarshalBinary()
	if err != nil {
		return nil, err
	}
	return json.Marshal(at)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (p *position) UnmarshalJSON(text []byte) error {
	var at []byte
	if err := json.Unmarshal(text, &at); err != nil {
		return err
	}
	return (*rand.PCG)(p).UnmarshalBinary(at)
}

// state returns all that the rest of the run depends on before a step. It shares memory with
// the run.
func (t *training) state(step int) resume.State {
	o := own{Kernel: kernel.Name(), Drop: math.Float64bits(t.drop), Actual: math.Float64bits(t.actual)}
	for _, s := range t.set.Streams() {
		o.Streams = append(o.Streams, (*position)(s))
	}
	text, err := json.Marshal(o)
	if err != nil {
		panic(err) // everything in it can be written
	}
	all := make(arrays.Set)
	for _, a := range t.tensors() {
		all[a.Name] = arrays.Floats32(1, len(a.Data), func() []float32 { return a.Data })
	}
	return resume.State{
		Step: step, Tokens: t.tokens, Curve: t.outcome.Curve, Modules: t.outcome.Modules,
		Validation: t.outcome.Validation, Arrays: all, Own: text,
	}
}

// tensors returns every array that changes from step to step: what is trained, and what the
// optimizer and the method remember.
func (t *training) tensors() []nn.Tensor {
	all := append(t.opt.State(), t.set.State()...)
	for _, p := range t.params {
		all = append(all, nn.Tensor{Name: p.Name, Shape: []int{p.Rows, p.Cols}, Data: p.Value})
	}
	return all
}

// restore brings a fresh run into a state. After an error the run is of no use.
func (t *training) restore(s *resume.State) error {
	if err := s.Fits(t.c.Train.Steps, t.outcome.Validation); err != nil {
		return err
	}
	if err := t.restoreOwn(s.Own); err != nil {
		return err
	}
	all := t.tensors()
	if len(s.Arrays) != len(all) {
		return fmt.Errorf("it has %d arrays; must have %d", len(s.Arrays), len(all))
	}
	for _, a := range all {
		if err := s.Arrays.Float32s(a.Data, a.Name); err != nil {
			return err
		}
	}
	t.set.Updated()
	s.SetNats(t.outcome.Validation)
	t.outcome.Curve = append(t.outcome.Curve, s.Curve...)
	t.outcome.Modules = append(t.outcome.Modules, s.Modules...)
	t.first, t.tokens, t.outcome.Steps, t.outcome.Tokens = s.Step, s.Tokens, s.Step, s.Tokens
	return nil
}

// restoreOwn restores what is neither an array nor a measurement.
func (t *training) restoreOwn(text json.RawMessage) error {
	var o own
	if err := json.Unmarshal(text, &o); err != nil {
		return err
	}
	streams := t.set.Streams()
	if len(o.Streams) != len(streams) {
		return fmt.Errorf("it has %d random streams; must have %d", len(o.Streams), len(streams))
	}
	if !kernel.SameBytes(o.Kernel, kernel.Name()) {
		return fmt.Errorf("kernel %s computed it, which rounds otherwise than %s; RANKSWEEP_KERNEL=%s goes on from it "+
			"where the CPU has that kernel", o.Kernel, kernel.Name(), o.Kernel)
	}
	for i, at := range o.Streams {
		if at == nil {
			return fmt.Errorf("it lacks random stream %d", i)
		}
		*streams[i] = rand.PCG(*at)
	}
	t.drop, t.actual = math.Float64frombits(o.Drop), math.Float64frombits(o.Actual)
	return nil
}
