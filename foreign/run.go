package foreign

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"ranksweep/explain"
	"ranksweep/grid"
	"ranksweep/lora"
	"ranksweep/paper/number"
	"ranksweep/results"
)

// doubtful is what stands beside every imported run.
const doubtful = "imported: others trained these runs, and this program cannot train them again"

// run returns a trial as a run, without its axes.
func (t *trial) run() (r results.Run, err error) {
	r = results.Run{
		Status: results.Done, Warnings: []string{doubtful}, Curve: t.curve(),
		Imported: &results.Imported{Source: t.at, SHA256: t.sum},
	}
	if t.diverged != "" {
		r.Status, r.Reason = results.Diverged, t.diverged
	}
	r.Timing.Started, r.Timing.Seconds = t.started, t.seconds
	r.Rank, _ = strconv.Atoi(t.stated[rankField])
	r.LR = t.number(rateField)
	r.Seed, _ = strconv.ParseUint(t.stated[seedField], 10, 64)
	r.Optimizer = t.optimizer()
	if err := t.scale(&r); err != nil {
		return r, fmt.Errorf("%s: %w", t.at, err)
	}
	if err := t.steps(&r); err != nil {
		return r, fmt.Errorf("%s: %w", t.at, err)
	}
	r.Warnings = append(r.Warnings, t.unstated(r)...)
	r.Imported.Absent = t.absent(r)
	r.Config = t.config()
	r.ID = results.ImportedPrefix + t.hash(r, true)
	r.Cell = results.ImportedPrefix + t.hash(r, false)
	return r, nil
}

// number returns a stated number; NaN if it is not stated.
func (t *trial) number(name string) float64 {
	if v, err := strconv.ParseFloat(t.stated[name], 64); err == nil {
		return v
	}
	return math.NaN()
}

// optimizer returns our name of the optimizer, if there is one, and otherwise the file's.
func (t *trial) optimizer() string {
	theirs, ok := t.stated[optimField]
	if !ok {
		return results.NotStated
	}
	ours, known := explain.OptimizerOf(theirs)
	if !known {
		return theirs
	}
	if !strings.EqualFold(ours, theirs) {
		t.doubt(fmt.Sprintf("optimizer %s is taken for %s", theirs, ours))
	}
	return ours
}

// scale sets the scheme, alpha and gamma of a run.
func (t *trial) scale(r *results.Run) error {
	r.Scheme, r.Powers.P = results.NotStated, math.NaN()
	r.Alpha, r.Gamma = t.number(alphaField), t.number(gammaField)
	if text, ok := t.stated[schemeField]; ok {
		r.Scheme = text
	}
	if r.Scheme == lora.FullMethod {
		r.Rank, r.Powers.P, r.Alpha, r.Gamma = 0, 0, 0, 0
		return nil
	}
	if r.Scheme == results.NotStated {
		return nil
	}
	scheme, err := lora.ParseScheme(r.Scheme)
	if err != nil {
		return err
	}
	r.Powers = scheme
	if math.IsNaN(r.Alpha) {
		r.Alpha = scheme.AlphaFor(r.Gamma, r.Rank)
		return nil
	}
	follows := scheme.Gamma(r.Alpha, r.Rank)
	if math.Abs(r.Gamma-follows) > 1e-6*follows {
		return fmt.Errorf("gamma %s: alpha %s at rank %d under %s makes it %s: leave one of the three out of the map",
			number.Brief(r.Gamma), number.Brief(r.Alpha), r.Rank, r.Scheme, number.Brief(follows))
	}
	r.Gamma = follows
	return nil
}

// steps sets the number of updates. The last value of a run that is done stands at the last of them.
func (t *trial) steps(r *results.Run) error {
	last := 0
	if n := len(r.Curve); n > 0 {
		last = r.Curve[n-1].Step
	}
	r.Steps = last
	if text, ok := t.stated[stepsField]; ok && !t.ended {
		r.Steps, _ = strconv.Atoi(text)
	}
	if r.Status == results.Done && r.Steps != last {
		return fmt.Errorf("steps %d: its last value is that of step %d: a run that is not over is no result",
			r.Steps, last)
	}
	return nil
}

// unstated are the doubts that come of what the file does not state, and the trial's own.
func (t *trial) unstated(r results.Run) (all []string) {
	add := func(holds bool, text string) {
		if holds {
			all = append(all, text)
		}
	}
	add(r.Scheme == results.NotStated, "it is not stated how gamma depends on rank")
	add(math.IsNaN(r.Alpha) && r.Scheme != results.NotStated, "alpha is not stated")
	add(r.Optimizer == results.NotStated, "the optimizer is not stated")
	add(t.stated[seedField] == "", "the seed is not stated")
	return append(all, t.doubts...)
}

// absent names the fields of run.json that the file does not state.
func (t *trial) absent(r results.Run) (names []string) {
	names = []string{"tokens", "flops", "factored_flops", "bytes"}
	add := func(holds bool, name string) {
		if holds {
			names = append(names, name)
		}
	}
	full := t.full()
	add(r.Scheme == results.NotStated || full, "scaling")
	add(math.IsNaN(r.Alpha) || full, "alpha")
	add(math.IsNaN(r.Gamma) || full, "gamma")
	add(t.stated[seedField] == "", "seed")
	add(r.Status == results.Diverged && !t.ended, "steps")
	add(t.seconds == 0, "seconds")
	return names
}

// settings are what is stated, by the names that configs have for it.
func (t *trial) settings() map[string]string {
	s := maps.Clone(t.stated)
	if scheme, ok := s[schemeField]; ok {
		s["scaling"] = scheme
	}
	delete(s, schemeField)
	return s
}

// config has the settings as fields, numbers as numbers.
func (t *trial) config() json.RawMessage {
	fields := make(map[string]any)
	for name, text := range t.settings() {
		fields[name] = text
		if decimalText.MatchString(text) && json.Valid([]byte(text)) {
			fields[name] = json.RawMessage(text)
		}
	}
	text, _ := json.Marshal(fields) // texts and numbers can always be written
	return text
}

// hash identifies a run by its settings and, if it is whole, by its seed and what was measured.
func (t *trial) hash(r results.Run, whole bool) string {
	h := sha256.New()
	s := t.settings()
	for _, name := range slices.Sorted(maps.Keys(s)) {
		if whole || name != seedField {
			fmt.Fprintf(h, "%q %q\n", name, s[name])
		}
	}
	if whole {
		fmt.Fprintf(h, "%s %q %d\n", r.Status, r.Reason, r.Steps)
		for _, p := range r.Curve {
			fmt.Fprintln(h, p.Step, p.Values)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// coordinate returns a setting as a place on an axis.
func (t *trial) coordinate(name string) grid.Coordinate {
	if name == rankField && t.stated[rankField] == "" {
		return grid.Coordinate{Name: name, Value: "0"} // as full fine-tuning has it
	}
	return grid.Coordinate{Name: name, Value: t.settings()[name]}
}
