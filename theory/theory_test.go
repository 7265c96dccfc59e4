package theory_test

import (
	"math"
	"testing"

	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/nn"
	"ranksweep/theory"
)

// The known exponents of LoRA (p = 1) and rsLoRA (p = ½), for linear and then for sign-like
// updates.
func TestPredictions(t *testing.T) {
	for name, want := range map[string][4]float64{
		"grad_norm_onset":      {-0.5, 0, -0.5, 0},
		"grad_rms_b_onset":     {-1, -0.5, -1, -0.5},
		"grad_norm_b_first":    {-0.5, 0, -0.5, 0},
		"grad_norm_a_first":    {-1.5, -0.5, -0.5, 0},
		"grad_rms_a_first":     {-2, -1, -1, -0.5},
		"loss_drop_first":      {-1, 0, 0, 0.5},
		"adapter_output_first": {-1.5, -0.5, -0.5, 0},
		"input_gradient_first": {-1.5, -0.5, -0.5, 0},
		"delta_w_first":        {-1.5, -0.5, -0.5, 0},
		"a_movement_first":     {-2, -1, 0, 0},
		"step_first":           {2, 1, 1, 0.5},
	} {
		s, _ := metrics.StatisticNamed(name)
		for i, at := range []struct {
			update nn.Update
			p      float64
		}{{nn.LinearUpdate, 1}, {nn.LinearUpdate, 0.5}, {nn.SignUpdate, 1}, {nn.EvenUpdate, 0.5}} {
			if got, ok := s.Theory.Exponent(at.update, lora.Scheme{P: at.p}); !ok || got != want[i] {
				t.Errorf("%s, update %d, p = %v: predicted %v, %v, want %v", name, at.update, at.p, got, ok, want[i])
			}
		}
	}
}

// Statistics that depend only on the function have the same prediction for a scheme and for its
// canonical form. Gradients depend on how the scheme is written, and have different ones.
func TestPredictionsRespectInvariance(t *testing.T) {
	scheme := lora.Scheme{P: 0.5, Init: 0.25, LRA: -0.5, LRB: 0.75}
	for update, scaleFree := range map[nn.Update]bool{nn.LinearUpdate: false, nn.SignUpdate: true} {
		canonical := scheme.Canonical(scaleFree)
		for _, name := range []string{
			"loss_drop_first", "adapter_output_first", "input_gradient_first", "delta_w_first", "a_movement_first",
			"step_first",
		} {
			s, _ := metrics.StatisticNamed(name)
			a, _ := s.Theory.Exponent(update, scheme)
			b, _ := s.Theory.Exponent(update, canonical)
			if math.Abs(a-b) > 1e-12 {
				t.Errorf("%s, update %d: %v and, canonical, %v", name, update, a, b)
			}
		}
		a, _ := theory.GradNormB.Exponent(update, scheme)
		b, _ := theory.GradNormB.Exponent(update, canonical)
		if a == b {
			t.Errorf("update %d: the gradient of B has exponent %v in both forms", update, a)
		}
		if a, b := theory.StabilityOf(update, scheme), theory.StabilityOf(update, canonical); a != b {
			t.Errorf("update %d: %s and, canonical, %s", update, a, b)
		}
	}
}

func TestPredictsNothingOfWhatItDoesNotKnow(t *testing.T) {
	for _, name := range []string{"grad_norm_a_first", "a_movement_final"} {
		s, _ := metrics.StatisticNamed(name)
		if e, ok := s.Theory.Exponent(nn.UpdateOf("muon"), lora.Scheme{P: 1}); ok || !math.IsNaN(e) {
			t.Errorf("%s under an unknown optimizer: predicted %v", name, e)
		}
	}
	if e, ok := (theory.Prediction{}).Exponent(nn.LinearUpdate, lora.Scheme{P: 1}); ok || !math.IsNaN(e) {
		t.Errorf("predicted %v of a statistic without theory", e)
	}
	if e, ok := metrics.GradNormOnset.Theory.Exponent(nn.LinearUpdate, lora.Scheme{Log: true}); ok || !math.IsNaN(e) {
		t.Errorf("predicted %v of a multiplier that is no power", e)
	}
	if v := theory.StabilityOf(nn.OtherUpdate, lora.Scheme{P: 1}); v != theory.Unknown {
		t.Errorf("an unknown optimizer is %s", v)
	}
}

// Theorem 3.2 is about SGD; it is argued in the literature that the answer is another one under
// Adam.
// BestRate gives the powers that the literature claims. They stay the same for a scheme whose
// rates already follow them.
func TestBestRate(t *testing.T) {
	mua, err := lora.ParseScheme("mua")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		update nn.Update
		scheme lora.Scheme
		want   float64
	}{
		{nn.SignUpdate, lora.Scheme{}, -0.5},
		{nn.SignUpdate, lora.Scheme{P: 0.5}, -0.25},
		{nn.EvenUpdate, lora.Scheme{P: 1}, 0},
		{nn.SignUpdate, mua, 0},
		{nn.LinearUpdate, lora.Scheme{P: 0.5}, math.NaN()},
		{nn.SignUpdate, lora.Scheme{Log: true}, math.NaN()},
	} {
		if got := theory.BestRate(c.update, c.scheme); got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%d, %s: %g, want %g", c.update, c.scheme, got, c.want)
		}
	}
}

func TestStability(t *testing.T) {
	for _, c := range []struct {
		update nn.Update
		scheme lora.Scheme
		want   theory.Stability
	}{
		{nn.LinearUpdate, lora.Scheme{P: 1}, theory.Collapses},
		{nn.LinearUpdate, lora.Scheme{P: 0.5}, theory.Stable},
		{nn.LinearUpdate, lora.Scheme{P: 0.25}, theory.Explodes},
		{nn.LinearUpdate, lora.Scheme{}, theory.Explodes},
		{nn.SignUpdate, lora.Scheme{P: 1}, theory.Stable},
		{nn.SignUpdate, lora.Scheme{P: 0.5}, theory.Explodes},
		{nn.SignUpdate, lora.Scheme{P: 1.25}, theory.Collapses},
		{nn.SignUpdate, lora.Scheme{P: 0.5, LRA: 0.5, LRB: 0.5}, theory.Stable},
		{nn.LinearUpdate, lora.Scheme{P: 1, Init: -0.5}, theory.Stable}, // a larger A instead of a larger γ
		{nn.LinearUpdate, lora.Scheme{P: 1, LRB: -1}, theory.Stable},    // or a larger rate
		{nn.LinearUpdate, lora.Scheme{P: 0.5, LRA: -2}, theory.Explodes},
		{nn.SpectralBAUpdate, lora.Scheme{}, theory.Unknown}, // as ranks go, that depends on the gradient
		{nn.SpectralProductUpdate, lora.Scheme{P: 1}, theory.Unknown},
	} {
		if got := theory.StabilityOf(c.update, c.scheme); got != c.want {
			t.Errorf("update %d, %s: %s, want %s", c.update, c.scheme, got, c.want)
		}
	}
}
