package experiments

import (
	"slices"
	"strings"

	"ranksweep/grid"
	"ranksweep/lora"
)

// The precisions of training. What trains, and its gradients, are in float32 under each.
const (
	Float32Precision      = "float32"
	TF32Precision         = "tf32"          // float32, multiplied with 10 bits of mantissa
	BF16Precision         = "bf16"          // frozen weights and what is multiplied in bfloat16
	BF16WeightsPrecision  = "bf16-weights"  // frozen weights and all that they compute in bfloat16
	BF16AutocastPrecision = "bf16-autocast" // frozen weights in float32, what is multiplied in bfloat16
	FP16Precision         = "fp16"          // frozen weights and what is multiplied in float16
)

// Precisions lists them, the usual one first.
func Precisions() []string {
	return []string{Float32Precision, TF32Precision, BF16Precision, BF16WeightsPrecision, BF16AutocastPrecision,
		FP16Precision}
}

// keepingWeights are the precisions under which a model's own weights are in float32, so that
// they can train.
var keepingWeights = []string{Float32Precision, TF32Precision, BF16AutocastPrecision}

// multiplyingHalf are the precisions whose products are of numbers with 16 bits.
var multiplyingHalf = []string{BF16Precision, BF16WeightsPrecision, BF16AutocastPrecision, FP16Precision}

// Unquantized is the quantization of frozen weights that are kept in the run's precision.
const Unquantized = "none"

// Quantizations lists the formats of frozen weights, the usual one first.
func Quantizations() []string { return []string{Unquantized, "int8", "nf4", "nf4-double", "fp4"} }

// The implementations of attention that are treated apart.
const (
	DefaultAttention = "default" // the trainer's own choice
	flashAttention   = "flash_attention_2"
)

// Attentions lists the implementations of attention, the usual one first.
func Attentions() []string { return []string{DefaultAttention, "eager", "sdpa", flashAttention} }

// checkArithmetic finds settings of how numbers are stored and multiplied that exclude each other.
func (c Config) checkArithmetic() error {
	t := c.Train
	if name := c.Adapter.Method; !c.Adapter.Has(lora.Halves) {
		if !slices.Contains(keepingWeights, t.Precision) {
			return about("train.precision", "adapter.method")("precision %s: method %s makes weights anew in "+
				"float32: must be one of %s",
				t.Precision, name, strings.Join(keepingWeights, ", "))
		}
		if t.Quantization != Unquantized {
			return about("train.quantization", "adapter.method")("quantization %s: method %s makes weights anew in "+
				"float32: must be %s",
				t.Quantization, name, Unquantized)
		}
	}
	if t.Attention == flashAttention && !slices.Contains(multiplyingHalf, t.Precision) {
		return about("train.attention", "train.precision")("attention flash_attention_2: multiplies "+
			"numbers of 16 bits "+
			"alone: precision must be one of %s", strings.Join(multiplyingHalf, ", "))
	}
	return nil
}

// arithmetic are the names of the fields that make another function of a model's weights.
var arithmetic = []string{"precision", "quantization"}

// showArithmetic makes each field of [arithmetic] an axis of all points if it is unusual in some of
// them, so that tables and figures show it beside every number.
func showArithmetic(points []Point) {
	for _, name := range arithmetic {
		f := mustField(name)
		unusual := func(p Point) bool { return !f.isDefault(p.Config) }
		isAxis := func(a grid.Coordinate) bool { return a.Name == name }
		if !slices.ContainsFunc(points, unusual) || slices.ContainsFunc(points[0].Axes, isAxis) {
			continue
		}
		for i := range points {
			p := &points[i]
			p.Axes = append(p.Axes, grid.Coordinate{Name: name, Value: format(f.get(p.Config))})
		}
	}
}

// Varies reports whether a run may have other bytes each time that it is trained: another trainer
// trains it, and it does not ask for deterministic algorithms.
func (c Config) Varies() bool { return c.Trainer != LocalTrainer && !c.Train.Deterministic }
