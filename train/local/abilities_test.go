package local

import (
	"strings"
	"testing"

	"ranksweep/experiments"
	"ranksweep/train"
)

// TestRefusesWhatNeedsPyTorch: settings that other trainers have are refused by field, with the
// reason, before a model is read.
func TestRefusesWhatNeedsPyTorch(t *testing.T) {
	for want, change := range map[string]func(*experiments.Train){
		"precision tf32: trainer local cannot train it: must be one of float32, bf16": func(c *experiments.Train) {
			c.Precision = "tf32"
		},
		"precision fp16: trainer local cannot": func(c *experiments.Train) { c.Precision = "fp16" },
		"quantization nf4: trainer local cannot train it, since it computes from the weights as they are: " +
			"must be one of none": func(c *experiments.Train) { c.Quantization = "nf4" },
		"attention sdpa: trainer local cannot train it, since it has one way to compute attention: " +
			"must be one of default": func(c *experiments.Train) { c.Attention = "sdpa" },
		"gradient_checkpointing true: trainer local cannot train it, since it has no need of it: " +
			"must be false": func(c *experiments.Train) { c.GradientCheckpointing = true },
		"deterministic true: trainer local cannot train it, since its bytes are always the same: " +
			"must be false": func(c *experiments.Train) { c.Deterministic = true },
	} {
		c := experiments.Defaults()
		c.Data.Source = "none.txt"
		change(&c.Train)
		if err := c.Validate(); err != nil {
			t.Error(err)
		}
		if _, err := (train.Trainers{New(nil)}).Resolve(t.Context(), c); err == nil ||
			!strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
