package metrics

import (
	"math"
	"slices"

	"ranksweep/lora"
	"ranksweep/theory"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
)

// Statistic reduces a curve to one number, so that runs can be compared and
// fitted against rank.
type Statistic struct {
	Name  string // column name
	Label string // name on an axis of a figure
	Unit  string // unit or norm convention

	// Of returns the statistic of a run's curve, which is in order of step; NaN if the curve
	// lacks the values that it needs.
	Of func(curve []Point) float64

	Theory theory.Prediction // theory's prediction if B starts at zero

	// Early says that the statistic is taken before the second update. Runs that diverged
	// later have it as well, and must count, since the others are a sample of survivors.
	Early bool
}

// Statistics are the statistics of a run, in the order of columns. Onset is
// step 0. First is step 1, after one update: the earliest step at which the adapter has an effect
// and A has a gradient. Final is the last value that was measured.
var Statistics = []Statistic{
	TrainLossFinal,
	ValLossFinal,
	GradNormOnset,
	GradNormMean,
	// The least of the run: what early stopping would have kept.
	{"val_loss_best", "best validation loss", "nats/token", least(ValLoss), theory.Prediction{}, false},
	// The same gradient by root mean square entry, whose onset is free of rank only for p = 0.
	{"grad_rms_b_onset", "onset gradient entry of B", "RMS", at(0, GradRMSB), theory.GradRMSB, true},
	LossDropFirst,
	// The actual drop, with the terms of second and higher order.
	{"loss_drop_actual", "first loss drop on the same batch", "nats/token", at(1, LossDropActual), theory.Prediction{},
		true},
	{"grad_norm_b_first", "first gradient norm of B", "Frobenius", at(1, GradNormB), theory.GradNormBFirst, true},
	// A's first gradient that is not zero.
	GradNormAFirst,
	{"grad_rms_a_first", "first gradient entry of A", "RMS", at(1, GradRMSA), theory.GradRMSAFirst, true},
	// Forward half of rank stabilization.
	AdapterOutputFirst,
	// Backward half of rank stabilization.
	InputGradientFirst,
	// The first step in weight space.
	DeltaWFirst,
	StepFirst,
	// Whether what adapters add falls with rank.
	AdapterOutputFinal,
	// What the paper's appendix B.7 plots: activations after the adapter.
	MapOutputFinal,
	// How far the run went in weight space.
	{"delta_w_final", "final weight update", "Frobenius", final(DeltaW), theory.Prediction{}, false},
	// How many directions the update has in effect.
	{"stable_rank_final", "final stable rank of BA", "rank", final(StableRank), theory.Prediction{}, false},
	// Whether features were learned, or A stayed a random projection.
	// The first movement of A, by its first gradient that is not zero.
	MovementAFirst,
	{"a_movement_final", "final relative movement of A", "ratio", final(MovementA), theory.MovementA, false},
	BitsPerByteFinal,
}

// Fitted are the statistics of which powers of rank are fitted: all but bits per byte. On one line against rank these
// are a multiple of the validation loss, and have its power.
func Fitted() []Statistic {
	isBits := func(s Statistic) bool { return s.Name == BitsPerByteFinal.Name }
	return slices.DeleteFunc(slices.Clone(Statistics), isBits)
}

// Runs are compared by ValLossFinal, and learning rates are tuned for it. Without a validation
// set TrainLossFinal takes its place: the mean over the last tenth of the steps, at least one.
var (
	ValLossFinal   = Statistic{"val_loss", "validation loss", "nats/token", final(ValLoss), theory.Prediction{}, false}
	TrainLossFinal = Statistic{"train_loss", "training loss", "nats/token", tail(TrainLoss), theory.Prediction{}, false}
)

// BitsPerByteFinal is what runs are compared by whose tokenizers differ: a token of one is no token of the other.
var BitsPerByteFinal = Statistic{"bits_per_byte", "validation loss a byte", "bits/byte", final(BitsPerByte),
	theory.Prediction{}, false}

// GradNormMean is the mean over the points that were recorded.
var GradNormMean = Statistic{"grad_norm_mean", "mean gradient norm", "Frobenius", mean(GradNorm), theory.Prediction{},
	false}

// The sizes of the first update. The rank check compares them with theory, as well as the
// gradient norm at onset and the first loss drop.
var (
	AdapterOutputFirst = Statistic{"adapter_output_first", "first adapter output", "RMS", at(1, AdapterOutput),
		theory.AdapterOutput, true}
	InputGradientFirst = Statistic{"input_gradient_first", "first gradient into the adapter's input", "RMS",
		at(1, InputGradient), theory.InputGradient, true}
	GradNormAFirst = Statistic{"grad_norm_a_first", "first gradient norm of A", "Frobenius", at(1, GradNormA),
		theory.GradNormAFirst, true}
	DeltaWFirst = Statistic{"delta_w_first", "first weight update", "Frobenius", at(1, DeltaW), theory.DeltaW,
		true}
	MovementAFirst = Statistic{"a_movement_first", "first relative movement of A", "ratio", at(2, MovementA),
		theory.MovementA, false}
)

// The outputs at the end of adapters, and of the maps on which they are.
var (
	AdapterOutputFinal = Statistic{"adapter_output_final", "final adapter output", "RMS", final(AdapterOutput),
		theory.Prediction{}, false}
	MapOutputFinal = Statistic{"map_output_final", "final output of adapted maps", "RMS", final(MapOutput),
		theory.Prediction{}, false}
)

// GradNormOnset is the statistic of the paper's claim, and of the collapse ratio. It is the norm
// of B's gradient, since A's gradient is zero while B is zero; or the other way round if A starts
// at zero.
var GradNormOnset = Statistic{
	"grad_norm_onset", "onset gradient norm", "Frobenius", at(0, GradNorm), theory.GradNormB, true,
}

// LossDropFirst is the drop of the first batch's loss by the first update, to first order. It
// shows whether a scheme learns at a rate that does not depend on rank.
var LossDropFirst = Statistic{
	"loss_drop_first", "first loss drop, to first order", "nats/token", at(1, LossDrop), theory.LossDrop, true,
}

// StepFirst is the best multiple of the first step, if the loss were a quadratic with
// curvature 1 in every direction of the maps' weights. With curvature h it is divided by h, see
// [Prediction]. If it does not depend on the rank, one learning rate is best at all ranks.
var StepFirst = Statistic{
	"step_first", "best multiple of the first step, if curvature is the same in all directions",
	"nats/token/Frobenius²",
	firstStep, theory.Step, true,
}

// transposed holds the predictions for an A that starts at zero, of the statistics that
// distinguish A from B or outputs from inputs. Each is the prediction of its counterpart for a
// B that starts at zero. There is no prediction for B's gradient at onset, which is then 0, and
// for the relative movement of an A that started at 0.
var transposed = map[string]theory.Prediction{
	"grad_rms_b_onset":     {},
	"grad_norm_b_first":    theory.GradNormAFirst,
	"grad_norm_a_first":    theory.GradNormBFirst,
	"grad_rms_a_first":     theory.GradRMSBFirst,
	"adapter_output_first": theory.InputGradient,
	"input_gradient_first": theory.AdapterOutput,
	"a_movement_first":     {},
	"a_movement_final":     {},
}

// ofLaws picks the prediction of a statistic from the laws of a method that has its own; others are not predicted.
var ofLaws = map[string]func(theory.Laws) theory.Prediction{
	"grad_norm_onset": func(l theory.Laws) theory.Prediction { return l.GradNorm },
	"loss_drop_first": func(l theory.Laws) theory.Prediction { return l.LossDrop },
	"delta_w_first":   func(l theory.Laws) theory.Prediction { return l.DeltaW },
}

// followsFromLaws has what follows from these, of methods whose other statistics are not LoRA's.
var followsFromLaws = map[string]func(theory.Laws) theory.Prediction{
	"grad_norm_b_first": func(l theory.Laws) theory.Prediction { return l.GradNorm.Later() },
	"step_first":        theory.Laws.Step,
}

// TheoryOf returns the prediction for s under a method. zeroA says that A starts at zero, otherwise B does.
func (s Statistic) TheoryOf(method string, zeroA bool) theory.Prediction {
	if laws, own := theory.LawsOf(method); own {
		if of, ok := ofLaws[s.Name]; ok {
			return of(laws)
		}
		if laws.Others != nil {
			return laws.Others(s.ofLoRA(zeroA))
		}
		if of, ok := followsFromLaws[s.Name]; ok {
			return of(laws)
		}
		return theory.Prediction{}
	}
	return s.ofLoRA(zeroA)
}

// ofLoRA is TheoryOf for LoRA.
func (s Statistic) ofLoRA(zeroA bool) theory.Prediction {
	if t, ok := transposed[s.Name]; ok && zeroA {
		return t
	}
	return s.Theory
}

// IsLoss reports whether the statistic is a loss after training, of which less is better.
func (s Statistic) IsLoss() bool {
	return slices.Contains([]string{TrainLossFinal.Name, ValLossFinal.Name, "val_loss_best", BitsPerByteFinal.Name},
		s.Name)
}

// HasExpected reports whether an exact expectation of s is known in some setting.
func (s Statistic) HasExpected() bool {
	return s.TheoryOf(lora.DefaultMethod, false).HasExpected() || s.TheoryOf(lora.DefaultMethod, true).HasExpected()
}

// Expected returns the exact expectation of s under LoRA on maps of the given geometry, see
// [theory.Prediction.Expected].
func (s Statistic) Expected(maps []theory.MapGeometry, at theory.Setting) float64 {
	return s.TheoryOf(lora.DefaultMethod, at.Init.ZeroA).Expected(maps, at)
}

// StatisticNamed returns the statistic with the given column name.
func StatisticNamed(name string) (Statistic, bool) {
	for _, s := range Statistics {
		if s.Name == name {
			return s, true
		}
	}
	return Statistic{}, false
}

// at returns the value of q at a step.
func at(step int, q Quantity) func([]Point) float64 {
	return func(curve []Point) float64 {
		for _, p := range curve {
			if p.Step == step {
				return p.Values[q]
			}
		}
		return math.NaN()
	}
}

// firstStep returns the first loss drop to first order, divided by the square of the first
// weight update; NaN if there is no update.
func firstStep(curve []Point) float64 {
	update := at(1, DeltaW)(curve)
	if update == 0 {
		return math.NaN()
	}
	return at(1, LossDrop)(curve) / sq(update)
}

// final returns the last value of q.
func final(q Quantity) func([]Point) float64 {
	return func(curve []Point) float64 {
		vs := present(curve, q)
		if len(vs) == 0 {
			return math.NaN()
		}
		return vs[len(vs)-1]
	}
}

// least returns the smallest value of q.
func least(q Quantity) func([]Point) float64 {
	return func(curve []Point) float64 {
		vs := present(curve, q)
		if len(vs) == 0 {
			return math.NaN()
		}
		return floats.Min(vs)
	}
}

// mean returns the mean of q over all steps that have it.
func mean(q Quantity) func([]Point) float64 {
	return func(curve []Point) float64 {
		return stat.Mean(present(curve, q), nil)
	}
}

// tail returns the mean of q over the last tenth of the steps that have it, rounded up.
func tail(q Quantity) func([]Point) float64 {
	return func(curve []Point) float64 {
		vs := present(curve, q)
		return stat.Mean(vs[len(vs)-(len(vs)+9)/10:], nil)
	}
}

// present returns every value of q in a curve, without absent ones.
func present(curve []Point, q Quantity) []float64 {
	var vs []float64
	for _, p := range curve {
		if v := p.Values[q]; !math.IsNaN(v) {
			vs = append(vs, v)
		}
	}
	return vs
}

func sq(x float64) float64 { return x * x }
