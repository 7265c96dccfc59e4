package recompute

import (
	"math"
	"slices"
)

// statistic is a column of runs.csv as tables name it.
type statistic struct{ name, title string }

// statistics are in the order of their columns.
var statistics = []statistic{
	{"train_loss", "training loss (nats/token)"},
	{"val_loss", "validation loss (nats/token)"},
	{"grad_norm_onset", "onset gradient norm (Frobenius)"},
	{"grad_norm_mean", "mean gradient norm (Frobenius)"},
	{"val_loss_best", "best validation loss (nats/token)"},
	{"grad_rms_b_onset", "onset gradient entry of B (RMS)"},
	{"loss_drop_first", "first loss drop, to first order (nats/token)"},
	{"loss_drop_actual", "first loss drop on the same batch (nats/token)"},
	{"grad_norm_b_first", "first gradient norm of B (Frobenius)"},
	{"grad_norm_a_first", "first gradient norm of A (Frobenius)"},
	{"grad_rms_a_first", "first gradient entry of A (RMS)"},
	{"adapter_output_first", "first adapter output (RMS)"},
	{"input_gradient_first", "first gradient into the adapter's input (RMS)"},
	{"delta_w_first", "first weight update (Frobenius)"},
	{"step_first", "best multiple of the first step, if curvature is the same in all directions " +
		"(nats/token/Frobenius²)"},
	{"adapter_output_final", "final adapter output (RMS)"},
	{"map_output_final", "final output of adapted maps (RMS)"},
	{"delta_w_final", "final weight update (Frobenius)"},
	{"stable_rank_final", "final stable rank of BA (rank)"},
	{"a_movement_first", "first relative movement of A (ratio)"},
	{"a_movement_final", "final relative movement of A (ratio)"},
}

// firstSteps are the statistics of the first steps that theory predicts.
var firstSteps = []string{
	"grad_norm_onset", "grad_rms_b_onset", "loss_drop_first", "grad_norm_b_first", "grad_norm_a_first",
	"grad_rms_a_first", "adapter_output_first", "input_gradient_first", "delta_w_first", "step_first",
	"a_movement_first",
}

// isMean is true of statistics whose mean theory expects, and not their mean square.
func isMean(name string) bool { return name == "loss_drop_first" || name == "step_first" }

// isRatio is true of the statistic whose expected value is a ratio of two.
func isRatio(name string) bool { return name == "step_first" }

// atOnset is true of statistics from before any update.
func atOnset(name string) bool { return name == "grad_norm_onset" || name == "grad_rms_b_onset" }

// update is how an optimizer turns the first gradient into an update.
func update(optimizer string) string {
	switch optimizer {
	case "sgd":
		return "linear"
	case "adam", "adamw", "lion", "signsgd", "adafactor":
		return "sign"
	}
	return "other"
}

// scheme is how settings depend on rank: γ as r^−p, the first entries as r^−init, the rates of
// A and B as r^−a and r^−b.
type scheme struct {
	p, init, a, b float64
	zeroA, log    bool
}

func schemeOf(r *run) scheme {
	or0 := func(v float64) float64 {
		if math.IsNaN(v) {
			return 0
		}
		return v
	}
	return scheme{
		p: or0(r.num("p")), init: or0(r.num("init_power")), a: or0(r.num("lr_a_power")), b: or0(r.num("lr_b_power")),
		zeroA: r.text("zero_a") == "true", log: r.text("log") == "true",
	}
}

// alone reports whether only the multiplier depends on rank.
func (s scheme) alone() bool { return !s.log && s.init == 0 && s.a == 0 && s.b == 0 }

// swapped is the scheme of the transposed map, if B is drawn in place of A.
func (s scheme) swapped() scheme {
	if s.zeroA {
		s.a, s.b = s.b, s.a
	}
	return s
}

// otherOf names the statistic of the transposed map that a statistic becomes if B is drawn;
// empty if theory says nothing about it.
var otherOf = map[string]string{
	"grad_rms_b_onset": "", "a_movement_first": "", "a_movement_final": "",
	"grad_norm_b_first": "grad_norm_a_first", "grad_norm_a_first": "grad_norm_b_first",
	"adapter_output_first": "input_gradient_first", "input_gradient_first": "adapter_output_first",
	"grad_rms_a_first": "grad_rms_b_first",
}

// power is theory's power of rank of a statistic for ranks far below the maps' width; NaN if
// it predicts none.
func (s scheme) power(name, optimizer string) float64 {
	if other, ok := otherOf[name]; ok && s.zeroA {
		name = other
	}
	kind := update(optimizer)
	if s.log || kind == "other" && !atOnset(name) {
		return nan
	}
	linear, sign := s.swapped().both(name)
	if kind == "linear" {
		return linear
	}
	return sign
}

// both are the powers under linear and under sign-like updates.
func (s scheme) both(name string) (linear, sign float64) {
	switch name {
	case "grad_norm_onset", "grad_norm_b_first":
		return 0.5 - s.p - s.init, 0.5 - s.p - s.init
	case "grad_rms_b_onset", "grad_rms_b_first":
		return -s.p - s.init, -s.p - s.init
	case "grad_norm_a_first":
		return 0.5 - 2*s.p - s.init - s.b, 0.5 - s.p - s.b
	case "grad_rms_a_first":
		return -2*s.p - s.init - s.b, -s.p - s.b
	case "loss_drop_first":
		return 1 - 2*s.p - 2*s.init - s.b, 1 - s.p - s.init - s.b
	case "adapter_output_first", "input_gradient_first", "delta_w_first":
		return 0.5 - 2*s.p - 2*s.init - s.b, 0.5 - s.p - s.init - s.b
	case "step_first":
		return 2*s.p + 2*s.init + s.b, s.p + s.init + s.b
	case "a_movement_first", "a_movement_final":
		return -2*s.p - s.a - s.b, s.init - s.a
	}
	return nan, nan
}

// riseOf is added to the power for ranks far above the maps' width.
func riseOf(name string) float64 {
	switch name {
	case "adapter_output_first", "input_gradient_first", "delta_w_first":
		return 0.5
	case "step_first":
		return -1
	}
	return 0
}

// hasTwoLaws is true of statistics with another power at large ranks.
func hasTwoLaws(name string) bool { return riseOf(name) > 0 }

// bothMoved is the power of the part of the update in which both A and B have moved.
func (s scheme) bothMoved(optimizer string) float64 {
	s = s.swapped()
	if update(optimizer) == "linear" {
		return 1 - 4*s.p - 2*s.init - s.a - 2*s.b
	}
	return 1 - s.p - s.a - s.b
}

// stability is theory's verdict as the rank grows.
func (s scheme) stability(optimizer string) string {
	if s.log || update(optimizer) == "other" {
		return "unknown"
	}
	switch most := math.Max(s.power("loss_drop_first", optimizer), s.bothMoved(optimizer)); {
	case most > 1e-9:
		return "explodes"
	case most < -1e-9:
		return "collapses"
	}
	return "stable"
}

// bestRate is the power of the best rate by arXiv 2602.06204.
func (s scheme) bestRate(optimizer string) float64 {
	if s.log || update(optimizer) != "sign" {
		return nan
	}
	return -s.bothMoved(optimizer) / 2
}

func titleOf(name string) string {
	i := slices.IndexFunc(statistics, func(s statistic) bool { return s.name == name })
	return statistics[i].title
}
