package nn

// How the learning rate changes over a run.

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ranksweep/paper/number"
)

// Schedule says how the learning rate changes over a run, as a factor of its highest value:
// it rises in a straight line over Warmup steps, and then follows Name.
type Schedule struct {
	Name   string  // constant, linear or cosine
	Warmup int     // steps of the rise; 0 for none
	Steps  int     // steps of the whole run, Warmup included
	Floor  float64 // linear and cosine: the factor at the end
}

// scheduleNames are in the order in which errors list them.
var scheduleNames = []string{"constant", "linear", "cosine"}

// Validate reports an unknown name and a setting out of range.
func (s Schedule) Validate() error {
	switch {
	case !slices.Contains(scheduleNames, s.Name):
		return fmt.Errorf("nn: unknown schedule %q: known are %s", s.Name, strings.Join(scheduleNames, ", "))
	case s.Steps < 1:
		return fmt.Errorf("nn: schedule over %d steps: must be at least 1", s.Steps)
	case s.Warmup < 0 || s.Warmup > s.Steps:
		return fmt.Errorf("nn: warm-up of %d steps: must be at least 0 and at most the run's %d", s.Warmup, s.Steps)
	case !(s.Floor >= 0 && s.Floor <= 1):
		return fmt.Errorf("nn: schedule floor %s: must be at least 0 and at most 1", number.Full(s.Floor))
	case s.Name == "constant" && s.Floor != 0:
		return fmt.Errorf("nn: schedule floor %s: a constant schedule has none, leave it at 0", number.Full(s.Floor))
	}
	return nil
}

// Factor returns the factor of the learning rate at a step, counted from 0. During the
// rise it is (step+1)/Warmup: the first step has 1/Warmup and the last one the full rate.
// The next step, at which the fall begins, has the full rate too. Floor is reached at
// Steps, one step after the last, and kept from there on.
func (s Schedule) Factor(step int) float64 {
	if step < s.Warmup {
		return float64(step+1) / float64(s.Warmup)
	}
	done := 1.0
	if step < s.Steps {
		done = float64(step-s.Warmup) / float64(s.Steps-s.Warmup)
	}
	switch s.Name {
	case "linear":
		return s.Floor + (1-s.Floor)*(1-done)
	case "cosine":
		return s.Floor + (1-s.Floor)*(1+math.Cos(math.Pi*done))/2
	default:
		return 1
	}
}
