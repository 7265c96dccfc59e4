package explain

import (
	"fmt"
	"math"
	"strings"

	"ranksweep/lora/peft"
)

// trap is a mistake that people make in practice.
type trap struct {
	name string
	of   func(Settings) string // describes the mistake; empty if the settings do not make it
}

// traps lists all traps in the order in which they are printed.
var traps = []trap{
	{"alpha follows the rank", alphaFollows},
	{"switched on alone", switchedOn},
	{"collapse", collapse},
	{"init with the rank in it", rankInInit},
	{"another base", otherBase},
	{"magnitudes", magnitudes},
	{"beyond rank and gamma", beyondGamma},
	{"scale lost on the way", scaleLost},
	{"order of patterns", patternOrder},
	{"large steps", largeSteps},
}

// Trap is a trap that settings fall into.
type Trap struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

func trapsOf(s Settings) []Trap {
	found := []Trap{}
	for _, t := range traps {
		if text := t.of(s); text != "" {
			found = append(found, Trap{t.name, text})
		}
	}
	return found
}

// alphaFollows: if α = k·r, then γ_r = k·r/√r. But learning is stable only for γ ∈ Θ(1/√r)
// (Kalajdzievski 2023, arXiv 2312.03732, theorem 3.2).
func alphaFollows(s Settings) string {
	if !s.isRSLoRA() || s.follows() == 0 {
		return ""
	}
	k := about(s.follows())
	if s.PerRank == 0 {
		return fmt.Sprintf("lora_alpha is %s times the rank here. If it is so at every rank, γ is %s√r under rsLoRA "+
			"and "+
			"grows with the rank, which is unstable: do not change lora_alpha with the rank", k, k)
	}
	return fmt.Sprintf("lora_alpha is absent and defaults to %s·r. So γ is %s√r and grows with the rank, which is "+
		"unstable: set lora_alpha to one number for all ranks", k, k)
}

// switchedOn: use_rslora multiplies γ, and with it the first gradient, by √r if α stays the
// same.
func switchedOn(s Settings) string {
	if !s.isRSLoRA() || s.Rank < 2 {
		return ""
	}
	root := math.Sqrt(float64(s.Rank))
	return fmt.Sprintf("γ and the first gradient norm are √r = %s times those of LoRA with the same alpha. The higher "+
		"norm is not an error. But a comparison with LoRA then compares step sizes too, unless the learning rate of "+
		"each is "+
		"tuned, or alpha is %s, which gives LoRA's γ", about(root), about(s.Alpha/root))
}

// collapse: ‖∇B‖ at the onset goes as r^(½−p) with α fixed.
func collapse(s Settings) string {
	if s.P != 1 || s.PerRank > 0 || s.Rank < 64 {
		return ""
	}
	return fmt.Sprintf("under α/r the gradient norm falls as 1/√r: at rank %d it is %s times the norm at rank 8 "+
		"with the "+
		"same alpha, and a higher rank gains little. rsLoRA keeps the norm constant; alpha %s gives it the same γ here",
		s.Rank, about(math.Sqrt(8/float64(s.Rank))), about(s.Alpha/math.Sqrt(float64(s.Rank))))
}

// rankInInit: PEFT draws gaussian A with standard deviation 1/r
// (src/peft/tuners/lora/layer.py, reset_lora_parameters).
func rankInInit(s Settings) string {
	if !strings.EqualFold(s.Init, "gaussian") {
		return ""
	}
	return "PEFT's gaussian has the standard deviation 1/r, so that A shrinks with the rank, and the gradient falls " +
		"by a " +
		"further factor r^-½. The usual init has variance 1/(3·in) at every rank"
}

// otherBase: these inits subtract the first γBA from the frozen weights.
func otherBase(s Settings) string {
	if !peft.IsResidual(s.Init) {
		return ""
	}
	return fmt.Sprintf("%s changes the frozen weights: the adapter works only with the changed weights, unless it is "+
		"saved with path_initial_model_for_weight_conversion", s.Init)
}

// magnitudes: DoRA's W′ = m ∘ (W + γBA)/‖W + γBA‖, row by row (Liu et al. 2024, arXiv
// 2402.09353). ∇m does not depend on the rank at the onset, where BA = 0.
func magnitudes(s Settings) string {
	if !s.DoRA {
		return ""
	}
	return "DoRA trains the length of every row of W + γBA apart, as m, so that γBA only turns rows. " +
		"The gradients of A and B depend on the rank as LoRA's do, and that of m does not: " +
		"the norm of all gradients stays up where A and B stop learning, so log theirs apart from m's"
}

func beyondGamma(s Settings) string {
	if len(s.Variants) == 0 {
		return ""
	}
	return fmt.Sprintf("%s: rank and γ do not describe this, and the settings for other tools leave it out",
		strings.Join(s.Variants, "; "))
}

// scaleLost: vLLM, TensorRT-LLM, LoRAX and ExLlamaV2 all had the error of using γ = α/r for
// rsLoRA adapters, and some ignored patterns.
func scaleLost(s Settings) string {
	what := ""
	switch {
	case s.isRSLoRA():
		what = fmt.Sprintf("a server that ignores use_rslora uses γ = α/r = %s, not %s",
			about(s.Alpha/float64(s.Rank)), about(s.Gamma()))
	case len(s.Ranks)+len(s.Alphas) > 0:
		what = "a server that ignores rank_pattern or alpha_pattern uses another γ on some maps"
	case s.Alpha != math.Trunc(s.Alpha):
		what = fmt.Sprintf("a server that reads lora_alpha as a whole number uses γ = %s, not %s",
			about(math.Trunc(s.Alpha)/float64(s.Rank)), about(s.Gamma()))
	default:
		return ""
	}
	return what + ": compare the output of the server with that of the merged model"
}

// patternOrder: PEFT saves its config with sorted keys (src/peft/config.py, save_pretrained),
// and the first matching pattern counts.
func patternOrder(s Settings) string {
	if max(len(s.Ranks), len(s.Alphas)) < 2 {
		return ""
	}
	return "PEFT saves patterns in alphabetical order, and the first matching pattern counts. If two patterns match " +
		"one " +
		"map, a loaded adapter may have another γ than the trained one"
}

// largeSteps: a run at rank 256 and rate 2e-4 went from a loss of 4.3 to 16.
func largeSteps(s Settings) string {
	if s.LR < 2e-4 || s.Rank < 256 {
		return ""
	}
	return fmt.Sprintf("a learning rate of %s at rank %d can diverge: try several rates, and report the best one of "+
		"each rank", about(s.LR), s.Rank)
}
