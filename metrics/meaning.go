package metrics

// meanings define the statistics, by name.
var meanings = map[string]string{
	"train_loss":           "mean training loss over the last tenth of the steps, at least one",
	"val_loss":             "the last validation loss",
	"grad_norm_onset":      "norm of all adapter gradients at step 0, before any update",
	"grad_norm_mean":       "mean over the recorded steps of the norm of all adapter gradients",
	"val_loss_best":        "the lowest validation loss: what early stopping would have kept",
	"grad_rms_b_onset":     "root mean square entry of B's gradient at step 0",
	"loss_drop_first":      "what the first update takes off the loss of its own batch, to first order",
	"loss_drop_actual":     "loss of the first update's batch before it less after it",
	"grad_norm_b_first":    "norm of B's gradient at step 1, after one update",
	"grad_norm_a_first":    "norm of A's gradient at step 1: the first that is not zero, where B starts at zero",
	"grad_rms_a_first":     "root mean square entry of A's gradient at step 1",
	"adapter_output_first": "root mean square entry of γBAx on the probe batch at step 1",
	"input_gradient_first": "root mean square entry of γAᵀBᵀv on the probe batch at step 1, v the gradient of the " +
		"map's output",
	"delta_w_first": "norm of γBA at step 1: the first step in weight space",
	"step_first": "loss_drop_first over the square of delta_w_first: by how much the first step would have to be " +
		"multiplied to be the best one, if the loss had curvature 1 in all directions",
	"adapter_output_final": "the last adapter_output",
	"map_output_final":     "the last map_output: root mean square entry of (W + γBA)x on the probe batch",
	"delta_w_final":        "the last delta_w: how far the run went in weight space",
	"stable_rank_final":    "the last stable_rank: how many directions the update has in effect",
	"a_movement_first":     "‖A−A₀‖_F/‖A₀‖_F at step 2: A's first movement, where B starts at zero",
	"a_movement_final":     "the last a_movement: whether A moved, or stayed a random projection",
	"bits_per_byte":        "the last bits_per_byte, by which runs of several tokenizers are compared",
}

// Meaning defines the statistic.
func (s Statistic) Meaning() string { return meanings[s.Name] }
