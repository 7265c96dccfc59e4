package nn

import (
	"math"
	"strings"
	"testing"
)

// TestScheduleFactors: after the rise, values follow the formulas of transformers'
// get_linear_schedule_with_warmup and get_cosine_schedule_with_warmup. The rise here is one
// step ahead of theirs.
func TestScheduleFactors(t *testing.T) {
	const half = math.Sqrt2 / 2
	for _, test := range []struct {
		schedule Schedule
		want     []float64 // from step 0
	}{
		{Schedule{Name: "constant", Steps: 3}, []float64{1, 1, 1, 1}},
		{Schedule{Name: "constant", Warmup: 2, Steps: 3}, []float64{0.5, 1, 1, 1}},
		{Schedule{Name: "linear", Steps: 4}, []float64{1, 0.75, 0.5, 0.25, 0, 0}},
		{Schedule{Name: "linear", Warmup: 4, Steps: 8}, []float64{0.25, 0.5, 0.75, 1, 1, 0.75, 0.5, 0.25, 0, 0}},
		{Schedule{Name: "linear", Steps: 2, Floor: 0.2}, []float64{1, 0.6, 0.2, 0.2}},
		{Schedule{Name: "cosine", Steps: 4}, []float64{1, (1 + half) / 2, 0.5, (1 - half) / 2, 0, 0}},
		{Schedule{Name: "cosine", Warmup: 1, Steps: 3, Floor: 0.1}, []float64{1, 1, 0.55, 0.1, 0.1}},
		{Schedule{Name: "cosine", Warmup: 2, Steps: 2}, []float64{0.5, 1, 0}},
	} {
		check(t, test.schedule.Validate())
		for step, want := range test.want {
			if got := test.schedule.Factor(step); math.Abs(got-want) > 1e-15 {
				t.Errorf("%+v: factor %g at step %d, want %g", test.schedule, got, step, want)
			}
		}
	}
}

// TestEveryStepMoves: no step of a run has factor 0, and none is above 1.
func TestEveryStepMoves(t *testing.T) {
	for _, name := range scheduleNames {
		for steps := 1; steps < 12; steps++ {
			for warmup := range steps + 1 {
				s := Schedule{Name: name, Warmup: warmup, Steps: steps}
				for step := range steps {
					if f := s.Factor(step); !(f > 0 && f <= 1) {
						t.Errorf("%+v: factor %g at step %d", s, f, step)
					}
				}
			}
		}
	}
}

func TestScheduleRefuses(t *testing.T) {
	for _, test := range []struct {
		schedule Schedule
		want     string
	}{
		{Schedule{Name: "step", Steps: 1}, `unknown schedule "step": known are constant, linear, cosine`},
		{Schedule{Name: "linear"}, "over 0 steps"},
		{Schedule{Name: "linear", Steps: 3, Warmup: -1}, "warm-up of -1"},
		{Schedule{Name: "linear", Steps: 3, Warmup: 4}, "warm-up of 4 steps"},
		{Schedule{Name: "cosine", Steps: 3, Floor: -0.1}, "floor -0.1"},
		{Schedule{Name: "cosine", Steps: 3, Floor: 1.1}, "floor 1.1"},
		{Schedule{Name: "cosine", Steps: 3, Floor: math.NaN()}, "floor NaN"},
		{Schedule{Name: "constant", Steps: 3, Floor: 0.1}, "constant schedule has none"},
	} {
		if err := test.schedule.Validate(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: error %v, want one with %q", test.schedule, err, test.want)
		}
	}
}
