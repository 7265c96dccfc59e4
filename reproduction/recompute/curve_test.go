package recompute

import (
	"fmt"
	"math"
	"testing"
)

// fromCurve are the columns of runs.csv that follow from a curve. Diverged runs have the early
// ones too.
var fromCurve = map[string]struct {
	of    func(r *run) float64
	early bool
}{
	"train_loss":           {func(r *run) float64 { return tail(r.all("train_loss")) }, false},
	"val_loss":             {func(r *run) float64 { return final(r.all("val_loss")) }, false},
	"val_loss_best":        {func(r *run) float64 { return least(r.all("val_loss")) }, false},
	"grad_norm_onset":      {func(r *run) float64 { return r.at(0, "grad_norm") }, true},
	"grad_norm_mean":       {func(r *run) float64 { return mean(r.all("grad_norm")).mean }, false},
	"grad_rms_b_onset":     {func(r *run) float64 { return r.at(0, "grad_rms_b") }, true},
	"loss_drop_first":      {func(r *run) float64 { return r.at(1, "loss_drop") }, true},
	"loss_drop_actual":     {func(r *run) float64 { return r.at(1, "loss_drop_actual") }, true},
	"grad_norm_b_first":    {func(r *run) float64 { return r.at(1, "grad_norm_b") }, true},
	"grad_norm_a_first":    {func(r *run) float64 { return r.at(1, "grad_norm_a") }, true},
	"grad_rms_a_first":     {func(r *run) float64 { return r.at(1, "grad_rms_a") }, true},
	"adapter_output_first": {func(r *run) float64 { return r.at(1, "adapter_output") }, true},
	"input_gradient_first": {func(r *run) float64 { return r.at(1, "input_gradient") }, true},
	"delta_w_first":        {func(r *run) float64 { return r.at(1, "delta_w") }, true},
	"step_first":           {firstStep, true},
	"adapter_output_final": {func(r *run) float64 { return final(r.all("adapter_output")) }, false},
	"map_output_final":     {func(r *run) float64 { return final(r.all("map_output")) }, false},
	"delta_w_final":        {func(r *run) float64 { return final(r.all("delta_w")) }, false},
	"stable_rank_final":    {func(r *run) float64 { return final(r.all("stable_rank")) }, false},
	"a_movement_first":     {func(r *run) float64 { return r.at(2, "a_movement") }, false},
	"a_movement_final":     {func(r *run) float64 { return final(r.all("a_movement")) }, false},
	"val_loss_onset":       {func(r *run) float64 { return r.at(0, "val_loss") }, true},
	"learned":              {func(r *run) float64 { return r.at(0, "val_loss") - final(r.all("val_loss")) }, false},
}

// all are the values of a quantity, by step.
func (r *run) all(quantity string) (values []float64) {
	for _, p := range r.curve {
		if v, ok := p.values[quantity]; ok {
			values = append(values, v)
		}
	}
	return values
}

func final(values []float64) float64 {
	if len(values) == 0 {
		return nan
	}
	return values[len(values)-1]
}

func least(values []float64) float64 {
	low := nan
	for _, v := range values {
		if !(v >= low) {
			low = v
		}
	}
	return low
}

// tail is the mean of the last tenth, rounded up.
func tail(values []float64) float64 {
	return mean(values[len(values)-int(math.Ceil(float64(len(values))/10)):]).mean
}

// firstStep is the first loss drop divided by the square of the first weight update.
func firstStep(r *run) float64 {
	if r.at(1, "delta_w") == 0 {
		return nan
	}
	return r.at(1, "loss_drop") / math.Pow(r.at(1, "delta_w"), 2)
}

// wrongColumns are the columns of a run that do not follow from its curve.
func (r *run) wrongColumns() (wrong []string) {
	for _, name := range sorted(fromCurve) {
		want := nan
		if c := fromCurve[name]; r.done() || r.diverged() && c.early || name == "val_loss_onset" {
			want = c.of(r)
		}
		if !same(r.num(name), want) {
			text := fmt.Sprintf("%s is %s, and by its curve %.17g", name, r.text(name), want)
			wrong = append(wrong, fmt.Sprintf("run %s: %s", r.text("run"), text))
		}
	}
	return wrong
}

// The columns of runs.csv follow from curves.csv, the final validation loss from
// validation.csv, and the columns of local grids from the runs.
func TestRunsFollowFromCurves(t *testing.T) {
	r, _ := open(t)
	for _, name := range sorted(r.studies) {
		for _, w := range r.studies[name].marks() {
			t.Error(w)
		}
		for _, x := range r.studies[name].rows {
			for _, w := range x.wrongColumns() {
				t.Errorf("%s: %s", name, w)
			}
			loss := x.batchLoss()
			if x.done() && math.Abs(loss-x.num("val_loss")) > 1e-6*math.Abs(loss) {
				id, was := x.text("run"), x.text("val_loss")
				t.Errorf("%s: run %s: val_loss is %s, by its batches %.17g", name, id, was, loss)
			}
		}
	}
}

// batchLoss is the sum of nats divided by the sum of scored tokens; NaN without batches.
func (r *run) batchLoss() float64 {
	nats, scored := 0.0, 0.0
	for _, b := range r.batches {
		nats, scored = nats+b.nats, scored+b.scored
	}
	return nats / scored
}
