package metrics

import (
	"math"
	"slices"

	"ranksweep/nn"
)

// Quantity names one thing that is measured at a step. At step s the model
// has seen s updates: step 0 is the onset, before anything is learned.
type Quantity uint8

// The quantities, in the order of curve.csv's columns; [Quantity.Meaning] defines each. A new one
// that is measured comes last of these, see [Quantity.Optional].
// Gradient norms are of the loss averaged over scored tokens, taken before clipping.
// If the weights themselves train, W − W₀ takes the place of γBA, and there are no values for A
// and B. Under DoRA, W′ − W takes the place of γBA, and the gradients of all are those of A and
// B only: the gradient of a magnitude does not depend on rank and would hide how theirs do.
const (
	TrainLoss Quantity = iota
	ValLoss
	GradNorm
	GradNormA
	GradNormB
	GradRMS
	GradRMSA
	GradRMSB
	AdapterOutput
	InputGradient
	DeltaW
	StableRank
	MovementA
	LossDrop
	LossDropActual
	MapOutput
	GradNormM
	Penalty
	RankLeft
	BitsPerByte
	NumQuantities int = iota

	// NumMeasured counts the quantities that are measured. They come first; those after them are derived.
	NumMeasured = int(BitsPerByte)
)

// The quantity that records the gradients of each role, and the role that is left out of the
// gradients of all.
var (
	gradNorms = map[nn.Role]Quantity{
		nn.RoleA: GradNormA, nn.RoleB: GradNormB, nn.RoleOwn: GradNormM,
	}
	gradRMSs = map[nn.Role]Quantity{nn.RoleA: GradRMSA, nn.RoleB: GradRMSB}
)

const gradApart = nn.RoleOwn

var quantities = [NumQuantities]struct{ name, label, unit, meaning string }{
	TrainLoss: {"train_loss", "training loss", "nats/token", "mean cross-entropy of the step's batch"},
	ValLoss:   {"val_loss", "validation loss", "nats/token", "mean cross-entropy of the validation set"},
	GradNorm: {"grad_norm", "gradient norm", "Frobenius",
		"norm of all adapter gradients together, before clipping"},
	GradNormA: {"grad_norm_a", "gradient norm of A", "Frobenius",
		"norm of the gradients of all A together, before clipping"},
	GradNormB: {"grad_norm_b", "gradient norm of B", "Frobenius",
		"norm of the gradients of all B together, before clipping"},
	GradRMS: {"grad_rms", "gradient entry", "RMS",
		"root mean square entry of all adapter gradients, before clipping"},
	GradRMSA: {"grad_rms_a", "gradient entry of A", "RMS", "root mean square entry of the gradients of all A"},
	GradRMSB: {"grad_rms_b", "gradient entry of B", "RMS", "root mean square entry of the gradients of all B"},
	AdapterOutput: {"adapter_output", "adapter output", "RMS",
		"root mean square entry of γBAx on the probe batch, x the input of an adapted map"},
	InputGradient: {"input_gradient", "gradient into the adapter's input", "RMS",
		"root mean square entry of γAᵀBᵀv on the probe batch, v the gradient of the map's output"},
	DeltaW: {"delta_w", "weight update", "Frobenius", "norm of γBA over all adapted maps together"},
	StableRank: {"stable_rank", "stable rank of BA", "rank",
		"‖BA‖_F²/‖BA‖₂², averaged over adapted maps: how many directions the update has in effect. A power iteration " +
			"finds ‖BA‖₂ and may end early. Then the value is too high: of 1008 maps, in one of a hundred by over " +
			"0.1%, at most by 6%"},
	MovementA: {"a_movement", "relative movement of A", "ratio",
		"‖A−A₀‖_F/‖A₀‖_F over all A together; empty where A starts at zero"},
	LossDrop: {"loss_drop", "loss drop to first order", "nats/token",
		"what the first update takes off the loss of its own batch, to first order: −⟨gradient, change of A and B⟩"},
	LossDropActual: {"loss_drop_actual", "loss drop on the same batch", "nats/token",
		"loss of the first update's batch before it less after it, without dropout"},
	MapOutput: {"map_output", "adapted map's output", "RMS",
		"root mean square entry of (W + γBA)x, and the bias where there is one, on the probe batch"},
	GradNormM: {"grad_norm_m", "gradient norm of a method's own arrays", "Frobenius",
		"norm of the gradients of what a method trains beside A and B, DoRA's m, before clipping; " +
			"grad_norm leaves it out"},
	Penalty: {"penalty", "penalty beside the loss", "nats/token",
		"what a method adds to the loss beside it, its weight included; losses and gradient norms leave it out"},
	RankLeft: {"rank_left", "rank that is left", "rank",
		"of a method that cuts its rank in training, what the last cut left to a map; of a run the mean over its maps"},
	BitsPerByte: {"bits_per_byte", "bits per byte of the validation set", "bits/byte",
		"val_loss × scored tokens / ln 2 / bytes of the scored text: comparable between tokenizers, as a loss a " +
			"token is not; empty for records without the number of bytes, which earlier programs wrote"},
}

// Name is the quantity's column name.
func (q Quantity) Name() string { return quantities[q].name }

// Label is the quantity's name on an axis of a figure.
func (q Quantity) Label() string { return quantities[q].label }

// Unit is the quantity's unit or norm convention.
func (q Quantity) Unit() string { return quantities[q].unit }

// Meaning defines the quantity.
func (q Quantity) Meaning() string { return quantities[q].meaning }

// Optional reports whether a file has a column for the quantity only if one of its points has a
// finite value. So it is with every quantity after [MapOutput]: with it, the files, digests and
// sizes of runs that lack it are the same as without it.
func (q Quantity) Optional() bool { return q > MapOutput }

// Derived reports whether the quantity of a run that was trained here follows from others: its files and digests
// leave it out.
func (q Quantity) Derived() bool { return int(q) >= NumMeasured }

// QuantityNamed returns the quantity with the given column name.
func QuantityNamed(name string) (Quantity, bool) {
	for q := range quantities {
		if quantities[q].name == name {
			return Quantity(q), true
		}
	}
	return 0, false
}

// Values holds one value per quantity; NaN if it was not measured.
type Values [NumQuantities]float64

// Quantities lists all of them, in the order of columns.
func Quantities() []Quantity {
	all := make([]Quantity, NumQuantities)
	for i := range all {
		all[i] = Quantity(i)
	}
	return all
}

// Recorded lists the quantities for which a file of points has columns.
func Recorded(points ...Point) []Quantity {
	return slices.DeleteFunc(Quantities(), func(q Quantity) bool {
		has := func(p Point) bool { return !math.IsNaN(p.Values[q]) && !math.IsInf(p.Values[q], 0) }
		return q.Optional() && !slices.ContainsFunc(points, has)
	})
}

// NoValues returns Values with every quantity absent.
func NoValues() Values {
	var v Values
	for q := range v {
		v[q] = math.NaN()
	}
	return v
}

// Point holds the values measured at one step, for the whole run or for one adapted map.
type Point struct {
	Step   int    // updates made so far
	Tokens int64  // tokens trained on so far, or TokensUnknown
	Module string // the adapted map, empty for the whole run
	Values Values
}

// TokensUnknown stands for a number of tokens that is not known, as in runs that were trained elsewhere.
const TokensUnknown = -1
