package experiments

import "ranksweep/lora"

// LocalTrainer is the name of the trainer in this process.
const LocalTrainer = "local"

// Defaults returns the config of a run whose experiment sets no field. An optimizer
// may bring customary settings that differ from these, see [nn.DefaultOptimizer].
// Data has no default: every experiment must name its own.
func Defaults() Config {
	return Config{
		Model:   "base", // the embedded model
		Trainer: LocalTrainer,
		Data: Data{
			Loss:       "completion", // as instruction tuning does
			Validation: 64,
		},
		Adapter: Adapter{
			Method:  lora.DefaultMethod,
			Rank:    8,
			Scaling: lora.Scheme{P: 1},     // the default of other tools too
			Alpha:   16,                    // the usual choice, and the paper's author's
			Init:    "kaiming-uniform",     // variance 1/(3·in), independent of rank, as theory requires
			Targets: Targets{"all-linear"}, // attention and MLP, as in the paper

			DeltaT:          1, // this and the next are PEFT's
			ImportanceBeta1: 0.85,
			ImportanceBeta2: 0.85,
			OrthReg:         string(lora.NormPenalty),
			OrthRegWeight:   0.5,
			GammaRank:       InitialRank,
		},
		Train: Train{
			Optimizer:  "adamw",
			LR:         5e-5, // the paper's
			Beta1:      0.9,
			Beta2:      0.999,
			Eps:        1e-8,
			Schedule:   "constant", // the paper's
			Batch:      4,
			Accumulate: 1,
			Context:    256,
			Steps:      60,
			Precision:  Float32Precision,

			Damping:      1e-2, // PEFT's
			Quantization: Unquantized,
			Attention:    DefaultAttention,
		},
		Measure: Measure{
			Every:        1,
			EvalEvery:    20,
			ProbeEvery:   10,
			ModulesEvery: 10,
			Probe:        4,
		},
	}
}
