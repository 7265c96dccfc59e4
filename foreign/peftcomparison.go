package foreign

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"ranksweep/explain"
	"ranksweep/lora"
	"ranksweep/metrics"
	"ranksweep/paper/number"
)

// peftResult is a result of PEFT's method comparison.
type peftResult struct {
	RunInfo struct {
		Created time.Time       `json:"created_at"`
		Train   map[string]any  `json:"train_config"`
		Adapter json.RawMessage `json:"peft_config"`
		Error   string          `json:"error_msg"`
	} `json:"run_info"`
	TrainInfo struct {
		Status  string           `json:"status"`
		Seconds float64          `json:"train_time"`
		Metrics []map[string]any `json:"metrics"`
	} `json:"train_info"`
	Meta struct {
		Data map[string]any `json:"dataset_info"`
	} `json:"meta_info"`
}

// leftOut says why a file or a part of one is not imported.
type leftOut struct{ what, why string }

func (l leftOut) Error() string { return l.what + ": " + l.why }

// readPEFT returns the trial of a result, or says why it is left out.
func readPEFT(name string, text []byte) (*trial, error) {
	var r peftResult
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, err
	}
	if r.TrainInfo.Status != "success" || r.RunInfo.Error != "" {
		return nil, leftOut{name, fmt.Sprintf("status %q: %s", r.TrainInfo.Status, r.RunInfo.Error)}
	}
	t := newTrial(name)
	t.started, t.seconds = r.RunInfo.Created, r.TrainInfo.Seconds
	if err := errors.Join(r.adapter(t), r.training(t), r.measured(t)); err != nil {
		return nil, err
	}
	t.doubt("the training loss is the mean since the value before; accuracies are no quantity here and are left out")
	return t, nil
}

// adapter states the adapter, or that the weights themselves were trained.
func (r peftResult) adapter(t *trial) error {
	if len(r.RunInfo.Adapter) == 0 || string(r.RunInfo.Adapter) == "null" {
		return t.state(schemeField, lora.FullMethod)
	}
	var kind struct {
		Type string `json:"peft_type"`
	}
	if err := json.Unmarshal(r.RunInfo.Adapter, &kind); err != nil {
		return err
	}
	if kind.Type != "LORA" {
		return leftOut{t.at, fmt.Sprintf("peft_type %s is not LoRA: what is called its rank is another thing",
			kind.Type)}
	}
	e, err := explain.Text(t.at, r.RunInfo.Adapter)
	if err != nil {
		return err
	}
	return t.adapter(e)
}

// kept are settings of training that are kept as they are.
var kept = []string{"batch_size", "dtype", "grad_norm_clip", "lr_scheduler", "max_seq_length"}

// training states how it was trained.
func (r peftResult) training(t *trial) error {
	c := r.RunInfo.Train
	optimizer, _ := c["optimizer_kwargs"].(map[string]any)
	for _, f := range []struct {
		name  string
		value any
	}{
		{modelField, c["model_id"]}, {seedField, c["seed"]}, {optimField, c["optimizer_type"]},
		{rateField, optimizer["lr"]}, {stepsField, c["max_steps"]},
		{dataField, strings.Join(slices.Sorted(maps.Keys(r.Meta.Data)), ", ")},
	} {
		if f.value == nil || f.value == "" {
			continue
		}
		if err := t.state(f.name, textOf(f.value)); err != nil {
			return err
		}
	}
	for _, name := range kept {
		t.extra(name, c[name] != nil, textOf(c[name]))
	}
	t.extra("weight_decay", optimizer["weight_decay"] != nil, textOf(optimizer["weight_decay"]))
	return nil
}

// textOf writes a value of JSON as a cell would have it.
func textOf(v any) string {
	if f, ok := v.(float64); ok {
		return strconv.FormatFloat(f, 'g', -1, 64)
	}
	return fmt.Sprint(v)
}

// measured adds the training losses. The last entry has the test, and repeats the loss of the one before.
func (r peftResult) measured(t *trial) error {
	for _, m := range r.TrainInfo.Metrics {
		step, ok := m["step"].(float64)
		loss, there := m["train loss"].(float64)
		if _, test := m["test accuracy"]; !ok || !there || test && t.values[int(step)] != nil {
			continue
		}
		if step != math.Trunc(step) || step < 0 || step > mostSteps {
			return fmt.Errorf("step %s of metrics: must be a whole number", number.Brief(step))
		}
		if err := t.measure(int(step), metrics.TrainLoss, loss); err != nil {
			return err
		}
	}
	return nil
}
