package resume

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"

	"ranksweep/results"
	"ranksweep/train/arrays"
	"ranksweep/wholefile"
)

// format is the version of the file. Whoever changes the meaning of something in it raises it.
const format = 1

// Identity says which run a checkpoint is of, and which program made it. A run goes on from a
// checkpoint of its own identity alone, since another program may compute other numbers.
type Identity struct {
	Run     string `json:"run"` // its ID
	Trainer string `json:"trainer"`
	Program string `json:"program"`
	Go      string `json:"go"`
}

// about is the part of a checkpoint that is text.
type about struct {
	Format int `json:"format"`
	Identity
	results.Timing                  // up to here
	Writer         wholefile.Writer `json:"writer"`
	Step           int              `json:"step"`
	Steps          int              `json:"steps"`
	Tokens         int64            `json:"tokens"`
	Modules        []string         `json:"modules"` // names of maps in the array of that name
	Own            json.RawMessage  `json:"own"`
}

// The texts of a file, and the names of its arrays. Those of the trainer have a prefix.
const (
	aboutText = "checkpoint"
	sumText   = "sha256"

	curveArray      = "curve"
	modulesArray    = "modules"
	validationArray = "validation"
	trainerPrefix   = "trainer."
)

// write writes a checkpoint of a run of so many steps. It holds no second copy of the arrays.
func write(w io.Writer, of Identity, steps int, timing results.Timing, s State) error {
	curve, _ := encodePoints(s.Curve)
	modules, names := encodePoints(s.Modules)
	text, err := json.Marshal(about{format, of, timing, wholefile.Self(), s.Step, steps, s.Tokens, names, s.Own})
	if err != nil {
		return err
	}
	all := arrays.Set{
		curveArray: arrays.Floats64(curve), modulesArray: arrays.Floats64(modules),
		validationArray: arrays.Floats64(nats(s.Validation)),
	}
	for name, a := range s.Arrays {
		all[trainerPrefix+name] = a
	}
	return all.WriteTo(w, map[string]string{aboutText: string(text), sumText: all.Sum(string(text))})
}

// read reads the checkpoint of a run, with the time that was spent until it was written.
func read(content []byte, of Identity) (State, results.Timing, error) {
	a, all, err := parse(content)
	if err != nil {
		return State{}, results.Timing{}, err
	}
	if err := a.Identity.Must(of); err != nil {
		return State{}, results.Timing{}, err
	}
	s, err := a.state(all)
	return s, a.Timing, err
}

// Must is an error if a checkpoint of this identity is not of the other one.
func (i Identity) Must(of Identity) error {
	if i != of {
		return fmt.Errorf("it is of %s; must be of %s", i, of)
	}
	return nil
}

// String names the run and what made it.
func (i Identity) String() string {
	return fmt.Sprintf("run %s by trainer %s of program %s, %s", i.Run, i.Trainer, i.Program, i.Go)
}

// parse reads the content of a file and holds it to its checksum.
func parse(content []byte) (a about, all arrays.Set, err error) {
	all, texts, err := arrays.Parse(content)
	if err != nil {
		return a, nil, err
	}
	if all.Sum(texts[aboutText]) != texts[sumText] {
		return a, nil, errors.New("it is damaged: it does not have its checksum")
	}
	if err := json.Unmarshal([]byte(texts[aboutText]), &a); err != nil {
		return a, nil, err
	}
	if a.Format != format {
		return a, nil, fmt.Errorf("it has format %d; this program reads format %d", a.Format, format)
	}
	return a, all, nil
}

// state returns the state that a file has.
func (a about) state(all arrays.Set) (s State, err error) {
	s = State{Step: a.Step, Tokens: a.Tokens, Own: a.Own, Arrays: make(arrays.Set)}
	if a.Step < 1 || a.Tokens < 0 {
		return s, fmt.Errorf("it is of step %d after %d tokens", a.Step, a.Tokens)
	}
	curve, curveErr := all.Float64s(curveArray)
	modules, modulesErr := all.Float64s(modulesArray)
	validation, validationErr := all.Float64s(validationArray)
	if err := errors.Join(curveErr, modulesErr, validationErr); err != nil {
		return s, err
	}
	for _, n := range validation {
		s.Validation = append(s.Validation, results.ValidationBatch{Nats: n})
	}
	s.Curve, curveErr = decodePoints(curve, nil)
	s.Modules, modulesErr = decodePoints(modules, a.Modules)
	for name := range maps.Keys(all) {
		if own, ok := strings.CutPrefix(name, trainerPrefix); ok {
			s.Arrays[own] = all[name]
		}
	}
	return s, errors.Join(curveErr, modulesErr)
}

func nats(batches []results.ValidationBatch) (all []float64) {
	for _, b := range batches {
		all = append(all, b.Nats)
	}
	return all
}
