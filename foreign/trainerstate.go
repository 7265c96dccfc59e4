package foreign

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"ranksweep/explain"
	"ranksweep/metrics"
)

// stateFile is what the trainer of transformers writes into its folder and into those of its checkpoints.
const stateFile = "trainer_state.json"

// trainerState is the part of it that is read.
type trainerState struct {
	Step int                          `json:"global_step"`
	Most int                          `json:"max_steps"`
	Log  []map[string]json.RawMessage `json:"log_history"`
}

// logged are the quantities of the log. The trainer takes norms of gradients before it clips them.
var logged = []struct {
	key      string
	quantity metrics.Quantity
}{{"loss", metrics.TrainLoss}, {"eval_loss", metrics.ValLoss}, {"grad_norm", metrics.GradNorm}}

// stateIn returns the path of the state in a folder or in the last of its checkpoints.
func stateIn(dir string) (string, error) {
	found, best := "", -1
	if _, err := os.Stat(filepath.Join(dir, stateFile)); err == nil {
		return filepath.Join(dir, stateFile), nil
	}
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		text, ok := strings.CutPrefix(e.Name(), "checkpoint-")
		step, wrong := strconv.Atoi(text)
		file := filepath.Join(dir, e.Name(), stateFile)
		if _, absent := os.Stat(file); ok && wrong == nil && absent == nil && step > best {
			found, best = file, step
		}
	}
	if err == nil && found == "" {
		err = fmt.Errorf("%s: is a folder without %s, and without a checkpoint that has one: name files", dir,
			stateFile)
	}
	return found, err
}

// readTrainer returns the trial whose state is in a file, with the adapter's settings in its folder or in the one
// above.
func readTrainer(path, name string, text []byte) (*trial, error) {
	var s trainerState
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, err
	}
	t := newTrial(name)
	if err := s.measured(t); err != nil {
		return nil, err
	}
	dir := filepath.Dir(path)
	if _, err := os.Stat(filepath.Join(dir, "adapter_config.json")); err != nil {
		if strings.HasPrefix(filepath.Base(dir), "checkpoint-") {
			dir = filepath.Dir(dir)
		}
	}
	e, err := explain.File(filepath.Join(dir, "adapter_config.json"))
	if err != nil {
		return nil, fmt.Errorf("has no settings of an adapter beside it: %w", err)
	}
	if e.Settings.Model != "" {
		t.stated[modelField] = e.Settings.Model
	}
	t.doubt("training losses are means since the value before")
	return t, t.adapter(e)
}

// measured adds what the log has, and the largest rate in it.
func (s trainerState) measured(t *trial) error {
	rate, last := 0.0, 0
	for _, entry := range s.Log {
		step, err := strconv.Atoi(string(entry["step"]))
		if err != nil || step < 0 || step > mostSteps {
			return fmt.Errorf("log_history: step %.40q: must be a whole number", entry["step"])
		}
		for _, q := range logged {
			v, there, finite, err := numberIn(entry[q.key])
			switch {
			case err != nil:
				return fmt.Errorf("log_history: step %d: %s %.40q: must be a number", step, q.key, entry[q.key])
			case !there:
			case !finite && q.quantity != metrics.GradNorm:
				t.diverge(step, q.key)
			case finite:
				last = max(last, step)
				if err := t.measure(step, q.quantity, v); err != nil {
					return err
				}
			}
		}
		if v, _, finite, _ := numberIn(entry["learning_rate"]); finite {
			rate = max(rate, v)
		}
	}
	if last < max(s.Step, s.Most) {
		t.doubt(fmt.Sprintf("its last value is that of step %d of %d", last, max(s.Step, s.Most)))
	}
	if rate == 0 {
		return nil // the map may have it
	}
	t.doubt("the learning rate is the largest that was logged: the peak may lie above it")
	return t.state(rateField, strconv.FormatFloat(rate, 'g', -1, 64))
}

// numberIn reads a value of the log, if it is there. [userfile.JSON] made what is no number too large for one.
func numberIn(text json.RawMessage) (v float64, there, finite bool, err error) {
	if len(text) == 0 || string(text) == "null" {
		return 0, false, false, nil
	}
	v, err = strconv.ParseFloat(string(text), 64)
	if errors.Is(err, strconv.ErrRange) {
		return 0, true, false, nil
	}
	return v, true, err == nil, err
}
