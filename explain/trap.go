package explain

import (
	"fmt"
	"math"
	"strings"
)

// trap is a mistake that is seen in the field.
type trap struct {
	name string
	of   func(Settings) string // what is wrong; empty for those that do not fall into it
}

// traps stand in the order in which they are printed.
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

// Trap is one that settings fall into.
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

// alphaFollows: γ_r = k·r/√r. The theorem asks for γ ∈ Θ(1/√r) (Kalajdzievski
// 2023, arXiv 2312.03732, theorem 3.2).
func alphaFollows(s Settings) string {
	if !s.isRSLoRA() || s.follows() == 0 {
		return ""
	}
	k := about(s.follows())
	if s.PerRank == 0 {
		return fmt.Sprintf("lora_alpha is %s times the rank here; where that is the rule, γ is %s√r under rsLoRA and "+
			"grows with the rank, which is unstable: keep lora_alpha as it is when the rank changes", k, k)
	}
	return fmt.Sprintf("lora_alpha is absent and follows the rank as %s·r, so that γ is %s√r and grows with the "+
		"rank, which is unstable: set lora_alpha to one number for all ranks", k, k)
}

// switchedOn: with α as it is, use_rslora alone multiplies γ by √r, and with it
// the first gradient.
func switchedOn(s Settings) string {
	if !s.isRSLoRA() || s.Rank < 2 {
		return ""
	}
	root := math.Sqrt(float64(s.Rank))
	return fmt.Sprintf("γ and the first gradient norm are √r = %s times those of LoRA with the same alpha: the "+
		"higher norm is no fault, and a comparison of the two is one of step sizes too, unless each has its learning "+
		"rate tuned or alpha is %s, which gives LoRA's γ", about(root), about(s.Alpha/root))
}

// collapse: ‖∇B‖ at the onset goes as r^(½−p) with α fixed.
func collapse(s Settings) string {
	if s.P != 1 || s.PerRank > 0 || s.Rank < 64 {
		return ""
	}
	return fmt.Sprintf("under α/r the gradient norm falls as 1/√r: at rank %d it is %s of that at rank 8 with the "+
		"same alpha, and rank buys little; rsLoRA keeps it level, with alpha %s for the same γ here", s.Rank,
		about(math.Sqrt(8/float64(s.Rank))), about(s.Alpha/math.Sqrt(float64(s.Rank))))
}

// rankInInit: PEFT draws gaussian A with standard deviation 1/r
// (src/peft/tuners/lora/layer.py, reset_lora_parameters).
func rankInInit(s Settings) string {
	if !strings.EqualFold(s.Init, "gaussian") {
		return ""
	}
	return "PEFT's gaussian has the standard deviation 1/r, so that A shrinks with the rank and the gradient falls " +
		"by a further r^-½: the usual init, of variance 1/(3·in), does not"
}

// otherBase: these take the first γBA out of the frozen weights.
func otherBase(s Settings) string {
	init := strings.ToLower(s.Init)
	for _, name := range []string{"pissa", "olora", "corda", "loftq", "lora_ga"} {
		if strings.HasPrefix(init, name) {
			return fmt.Sprintf("%s changes the frozen weights: the adapter goes with those alone, unless it is saved "+
				"with path_initial_model_for_weight_conversion", s.Init)
		}
	}
	return ""
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
	return fmt.Sprintf("%s: what rank and γ do not tell, and the equivalents leave out", strings.Join(s.Variants, "; "))
}

// scaleLost: vLLM, TensorRT-LLM, LoRAX and ExLlamaV2 all had the fault of taking
// α/r for γ of rsLoRA adapters, and some read no patterns.
func scaleLost(s Settings) string {
	what := ""
	switch {
	case s.isRSLoRA():
		what = fmt.Sprintf("whoever overlooks use_rslora takes γ for α/r = %s, not %s",
			about(s.Alpha/float64(s.Rank)), about(s.Gamma()))
	case len(s.Ranks)+len(s.Alphas) > 0:
		what = "whoever overlooks rank_pattern or alpha_pattern has another γ on some maps"
	case s.Alpha != math.Trunc(s.Alpha):
		what = fmt.Sprintf("whoever takes lora_alpha for a whole number has γ %s, not %s",
			about(math.Trunc(s.Alpha)/float64(s.Rank)), about(s.Gamma()))
	default:
		return ""
	}
	return what + ": compare the merged model's output with the attached adapter's, as served"
}

// patternOrder: PEFT saves its config with sorted keys (src/peft/config.py,
// save_pretrained), and the first pattern to match counts.
func patternOrder(s Settings) string {
	if max(len(s.Ranks), len(s.Alphas)) < 2 {
		return ""
	}
	return "PEFT saves patterns in alphabetical order, and the first to match counts: where two match one map, a " +
		"loaded adapter may have another γ than the trained one"
}

// largeSteps: rank 256 at 2e-4 was seen to go from a loss of 4.3 to 16.
func largeSteps(s Settings) string {
	if s.LR < 2e-4 || s.Rank < 256 {
		return ""
	}
	return fmt.Sprintf("a learning rate of %s at rank %d can diverge: try several, and report the best of each "+
		"rank", about(s.LR), s.Rank)
}
