package metrics

import (
	"strings"
	"testing"
)

// TestColumnsOfEveryRecord: each record has these columns, whether they hold values or not. One
// more would change the digest and the size of every run that is stored.
func TestColumnsOfEveryRecord(t *testing.T) {
	const want = "train_loss val_loss grad_norm grad_norm_a grad_norm_b grad_rms grad_rms_a grad_rms_b " +
		"adapter_output input_gradient delta_w stable_rank a_movement loss_drop loss_drop_actual map_output"
	var got []string
	for _, q := range Recorded() {
		got = append(got, q.Name())
	}
	if strings.Join(got, " ") != want {
		t.Errorf("records have %s, want %s", strings.Join(got, " "), want)
	}
}
