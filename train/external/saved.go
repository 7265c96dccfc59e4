package external

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"

	"ranksweep/train/arrays"
	"ranksweep/train/resume"
	"ranksweep/userfile"
)

// stateArray is the file that the other process wrote, byte for byte, as an array of a
// checkpoint.
const stateArray = "file"

// made says what computed a checkpoint. Another device or library may round otherwise.
type made struct {
	By string `json:"by"`
}

// state returns all that the rest of a run depends on before a step for which the other process
// has written its own state into a file.
func (c *curve) state(m message, file, by string) (resume.State, error) {
	if m.Step != c.next || m.Step == 0 || m.Step > c.work.Config.Train.Steps {
		return resume.State{}, fmt.Errorf("saved step %d: must be step %d", m.Step, c.next)
	}
	content, err := userfile.Read(file, math.MaxInt64-1)
	if errors.Is(err, fs.ErrNotExist) {
		return resume.State{}, fmt.Errorf("said saved before step %d, but did not write the file that save named",
			m.Step)
	}
	if err != nil {
		return resume.State{}, err
	}
	text, err := json.Marshal(made{by})
	o := c.outcome
	return resume.State{
		Step: m.Step, Tokens: c.tokens(m.Step), Curve: o.Curve, Modules: o.Modules, Validation: o.Validation,
		Arrays: arrays.Set{stateArray: arrays.Bytes(content)}, Own: text,
	}, err
}

// restore brings a fresh curve into a state, and writes the other process's part of it into a
// file.
func (c *curve) restore(s *resume.State, file, by string) error {
	var m made
	if err := json.Unmarshal(s.Own, &m); err != nil {
		return err
	}
	if m.By != by {
		return fmt.Errorf("%s computed it, which may round otherwise than %s", m.By, by)
	}
	content, err := s.Arrays.Content(stateArray)
	if err != nil {
		return err
	}
	if err := s.Fits(c.work.Config.Train.Steps, c.outcome.Validation); err != nil {
		return err
	}
	if err := os.WriteFile(file, content, 0o600); err != nil {
		return err
	}
	s.SetNats(c.outcome.Validation)
	c.outcome.Curve, c.outcome.Modules = s.Curve, s.Modules
	// The tokens of the step before are counted when the next one is reported.
	c.next, c.outcome.Steps, c.outcome.Tokens = s.Step, s.Step-1, c.tokens(s.Step-1)
	return nil
}

// tokens returns how many tokens the batches before a step have.
func (c *curve) tokens(step int) (sum int64) {
	for _, n := range c.lengths[:step] {
		sum += int64(n)
	}
	return sum
}

// saved takes a checkpoint. If the other process could not write it, the run goes on.
func (c *conversation) saved(m message, file string) error {
	if c.asked == 0 {
		return errors.New("saved a checkpoint that nobody asked for")
	}
	if m.Reason != "" {
		c.keeper.NotSaved(c.next, m.why())
		c.asked, c.deaf = 0, false
		return nil
	}
	s, err := c.state(m, file, c.by)
	if err != nil {
		return err
	}
	c.asked, c.deaf = 0, false
	c.keeper.Save(s)
	return os.Remove(file)
}
