package metrics

import "math"

// Quantity names one thing that is measured at a step. At step s the model
// has seen s updates: step 0 is the onset, before anything is learned.
type Quantity uint8

// The quantities, in the order of curve.csv's columns. Gradient norms are of
// the loss averaged over scored tokens, taken before clipping. Where the weights
// themselves train, W − W₀ stands in for γBA, and there is nothing of A and B.
const (
	TrainLoss      Quantity = iota // loss of the step's batch
	ValLoss                        // loss of the validation set
	GradNorm                       // Frobenius norm of all adapter gradients together
	GradNormA                      // the same, over all A
	GradNormB                      // the same, over all B
	GradRMS                        // root mean square entry of all adapter gradients
	GradRMSA                       // the same, over all A
	GradRMSB                       // the same, over all B
	AdapterOutput                  // RMS entry of γBAx on the probe batch
	InputGradient                  // RMS entry of γAᵀBᵀv on the probe batch, v the gradient of the map's output
	DeltaW                         // Frobenius norm of γBA over all adapted maps together
	StableRank                     // ‖BA‖_F²/‖BA‖₂², averaged over adapted maps
	MovementA                      // ‖A−A₀‖_F/‖A₀‖_F over all A together; absent where A₀ = 0
	LossDrop                       // −⟨∇, ΔA and ΔB⟩ of the first update: its batch's loss drop to first order
	LossDropActual                 // loss of the first update's batches before it less after it, without dropout
	MapOutput                      // RMS entry of (W + γBA)x, with the bias where there is one, on the probe batch
	NumQuantities  int      = iota
)

var quantities = [NumQuantities]struct{ name, label, unit string }{
	TrainLoss:     {"train_loss", "training loss", "nats/token"},
	ValLoss:       {"val_loss", "validation loss", "nats/token"},
	GradNorm:      {"grad_norm", "gradient norm", "Frobenius"},
	GradNormA:     {"grad_norm_a", "gradient norm of A", "Frobenius"},
	GradNormB:     {"grad_norm_b", "gradient norm of B", "Frobenius"},
	GradRMS:       {"grad_rms", "gradient entry", "RMS"},
	GradRMSA:      {"grad_rms_a", "gradient entry of A", "RMS"},
	GradRMSB:      {"grad_rms_b", "gradient entry of B", "RMS"},
	AdapterOutput: {"adapter_output", "adapter output", "RMS"},
	InputGradient: {"input_gradient", "gradient into the adapter's input", "RMS"},
	DeltaW:        {"delta_w", "weight update", "Frobenius"},
	StableRank:    {"stable_rank", "stable rank of BA", "rank"},
	MovementA:     {"a_movement", "relative movement of A", "ratio"},
	LossDrop:      {"loss_drop", "loss drop to first order", "nats/token"},

	LossDropActual: {"loss_drop_actual", "loss drop on the same batch", "nats/token"},
	MapOutput:      {"map_output", "adapted map's output", "RMS"},
}

// Name is the quantity's column name.
func (q Quantity) Name() string { return quantities[q].name }

// Label is the quantity's name on an axis of a figure.
func (q Quantity) Label() string { return quantities[q].label }

// Unit is the quantity's unit or norm convention.
func (q Quantity) Unit() string { return quantities[q].unit }

// QuantityNamed returns the quantity with the given column name.
func QuantityNamed(name string) (Quantity, bool) {
	for q := range quantities {
		if quantities[q].name == name {
			return Quantity(q), true
		}
	}
	return 0, false
}

// Values holds one value a quantity; NaN where it was not measured.
type Values [NumQuantities]float64

// NoValues returns Values with every quantity absent.
func NoValues() Values {
	var v Values
	for q := range v {
		v[q] = math.NaN()
	}
	return v
}

// Point is what was measured at one step, of the whole run or of one adapted
// map.
type Point struct {
	Step   int    // updates made so far
	Tokens int64  // tokens trained on so far
	Module string // the adapted map, empty for the whole run
	Values Values
}
