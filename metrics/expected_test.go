package metrics

import "testing"

func TestHasExpected(t *testing.T) {
	for name, want := range map[string]bool{
		"grad_norm_onset": true, "loss_drop_first": true, "grad_norm_a_first": true, "val_loss": false,
		"a_movement_first": false,
	} {
		if s, ok := StatisticNamed(name); !ok || s.HasExpected() != want {
			t.Errorf("%s has an exact expectation: %v, want %v", name, !want, want)
		}
	}
}
