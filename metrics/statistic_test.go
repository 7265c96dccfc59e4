package metrics

import (
	"math"
	"strings"
	"testing"
)

// trained is a curve of n updates. At step s every quantity is s + 1, except that the training
// loss is absent after the last update, and the validation loss is present only at every fifth
// step.
func trained(n int) []Point {
	var curve []Point
	for s := range n + 1 {
		p := Point{Step: s}
		for q := range p.Values {
			p.Values[q] = float64(s + 1)
		}
		if s == n {
			p.Values[TrainLoss] = math.NaN()
		}
		p.Values[ValLoss] = math.NaN()
		if s%5 == 0 {
			p.Values[ValLoss] = math.Abs(float64(s) - 10)
		}
		curve = append(curve, p)
	}
	return curve
}

func TestStatistics(t *testing.T) {
	curve := trained(21)
	for name, want := range map[string]float64{
		"train_loss":           20, // steps 18, 19, 20: a tenth of 21, rounded up
		"val_loss":             10,
		"val_loss_best":        0,
		"grad_norm_onset":      1,
		"grad_norm_mean":       11.5,
		"grad_rms_b_onset":     1,
		"loss_drop_actual":     2,
		"grad_norm_a_first":    2,
		"adapter_output_first": 2,
		"input_gradient_first": 2,
		"delta_w_first":        2,
		"step_first":           0.5, // 2/2²
		"delta_w_final":        22,
		"map_output_final":     22,
		"stable_rank_final":    22,
		"a_movement_final":     22,
	} {
		s, ok := StatisticNamed(name)
		if !ok {
			t.Errorf("no statistic %s", name)
			continue
		}
		if got := s.Of(curve); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	if _, ok := StatisticNamed("grad_norm"); ok {
		t.Error("StatisticNamed found a statistic of a wrong name")
	}
}

func TestStatisticsOfACurveThatLacksThem(t *testing.T) {
	absent := trained(4)
	for i := range absent {
		absent[i].Values = NoValues()
	}
	for _, s := range Statistics {
		for name, curve := range map[string][]Point{"no curve": nil, "nothing measured": absent} {
			if got := s.Of(curve); !math.IsNaN(got) {
				t.Errorf("%s of a curve with %s: got %v, want NaN", s.Name, name, got)
			}
		}
	}
	still := trained(4)
	still[1].Values[DeltaW] = 0
	if got := StepFirst.Of(still); !math.IsNaN(got) {
		t.Errorf("first step of no length: got %v, want NaN", got)
	}
	late := trained(9)[2:]
	if got := GradNormOnset.Of(late); !math.IsNaN(got) {
		t.Errorf("onset of a curve that begins at step 2: got %v, want NaN", got)
	}
}

func TestStatisticsAreNamedForTheirQuantities(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Statistics {
		if seen[s.Name] || s.Label == "" || s.Unit == "" || s.Of == nil {
			t.Errorf("%q is incomplete or there twice", s.Name)
		}
		seen[s.Name] = true
		named := s.Name == StepFirst.Name // of two quantities
		for q := range NumQuantities {
			quantity := Quantity(q)
			named = named || strings.HasPrefix(s.Name, quantity.Name()) && s.Unit == quantity.Unit()
		}
		if !named {
			t.Errorf("%s begins with the name of no quantity in %s", s.Name, s.Unit)
		}
	}
}

func TestQuantityNamed(t *testing.T) {
	for q := range NumQuantities {
		want := Quantity(q)
		if got, ok := QuantityNamed(want.Name()); !ok || got != want {
			t.Errorf("QuantityNamed(%q) = %v, %v", want.Name(), got, ok)
		}
		if want.Label() == "" || want.Unit() == "" {
			t.Errorf("%s has no label or no unit", want.Name())
		}
	}
	if _, ok := QuantityNamed("loss"); ok {
		t.Error("QuantityNamed found a quantity of no name")
	}
}
