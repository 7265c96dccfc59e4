package explain

import (
	"fmt"
	"math"
	"slices"
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
	{"another adapter's settings", storedAdapter},
	{"no such map", noSuchMap},
	{"numbers in quotes", quotedNumbers},
	{"alpha follows the rank", alphaFollows},
	{"switched on alone", switchedOn},
	{"collapse", collapse},
	{"init with the rank in it", rankInInit},
	{"B does not begin at zero", randomB},
	{"another base", otherBase},
	{"magnitudes", magnitudes},
	{"beyond rank and gamma", beyondGamma},
	{"settings without effect", ignoredKeys},
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

// storedAdapter: training goes on with an adapter that has a config of its own.
func storedAdapter(s Settings) string {
	if s.Stored == "" {
		return ""
	}
	return fmt.Sprintf("the adapter %s is loaded, and its own config has its rank, alpha and targets: "+
		"those here do not "+
		"count. Explain its adapter_config.json", s.Stored)
}

// noSuchMap: PEFT compares names of a list as text, also all-linear, and matches expressions
// with whole names (src/peft/tuners/tuners_utils.py, check_target_module_exists).
func noSuchMap(s Settings) string {
	var texts []string
	if len(s.NoNames) > 0 {
		text := fmt.Sprintf("%s: in a list these are compared as names, and no map has such a name",
			listText(s.NoNames))
		if len(s.Targets) == 0 {
			text += ", so that PEFT finds nothing to adapt and stops"
		}
		texts = append(texts, text)
	}
	if s.NoTargets {
		texts = append(texts, "no targets are named, and none are chosen instead: nothing is adapted, and PEFT stops")
	}
	if len(s.Targets) > 0 && !slices.ContainsFunc(s.Targets, s.keeps) {
		texts = append(texts, fmt.Sprintf("%s: all targets are left out again, so that PEFT finds "+
			"nothing to adapt and "+
			"stops", listText(s.Exclude)))
	}
	if s.IdleTargets {
		text := fmt.Sprintf("%s: matches no map, since a text must match a whole name, such as "+
			"model.layers.0.self_attn.q_proj: PEFT then stops. Write a list of names, or an expression such as "+
			`.*\.(q_proj|v_proj)`, s.Pattern)
		if isLiteral(s.Pattern) {
			text += ". For TRL a list of one name is such a text"
		}
		texts = append(texts, text)
	}
	if len(s.Idle) > 0 {
		texts = append(texts, fmt.Sprintf("%s: matches no adapted map, and has no effect; "+
			"the settings for other tools leave it out. In rank_pattern and alpha_pattern an expression must "+
			"match a whole name or all that follows one of its dots, and ^ stands for the start of the whole name",
			abridged(s.Idle)))
	}
	return strings.Join(texts, ". ")
}

// keeps reports whether a target is not among the names of maps that are left out.
func (s Settings) keeps(target string) bool {
	return !slices.ContainsFunc(endings(target), func(end string) bool { return slices.Contains(s.Exclude, end) })
}

// quotedNumbers: PEFT and what hands its values on compare them as numbers.
func quotedNumbers(s Settings) string {
	if len(s.Quoted) == 0 {
		return ""
	}
	return fmt.Sprintf("%s: the number is text, on which the program stops: write it without quotes",
		strings.Join(s.Quoted, ", "))
}

// alphaFollows: if α = k·r, then γ_r = k·r/√r. But learning is stable only for γ ∈ Θ(1/√r)
// (Kalajdzievski 2023, arXiv 2312.03732, theorem 3.2).
func alphaFollows(s Settings) string {
	if !s.isRSLoRA() || s.follows() == 0 {
		return ""
	}
	k := about(s.follows())
	if s.PerRank == 0 {
		return fmt.Sprintf("alpha is %sthe rank here. If it is so at every rank, γ is %s√r under rsLoRA and grows "+
			"with the rank, which is unstable: do not change alpha with the rank", factor(k, " times "), factor(k, ""))
	}
	return fmt.Sprintf("alpha is absent and defaults to %sr. So γ is %s√r and grows with the rank, which is "+
		"unstable: set alpha to one number for all ranks", factor(k, "·"), factor(k, ""))
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
		"each is tuned, or alpha is %s, which gives LoRA's γ", about(root), about(s.Alpha/root))
}

// collapse: ‖∇B‖ at the onset goes as r^(½−p) with α fixed.
func collapse(s Settings) string {
	if s.Method != "" || s.P != 1 || s.PerRank > 0 || s.Rank < 64 {
		return ""
	}
	return fmt.Sprintf("under α/r the gradient norm falls as 1/√r: at rank %d it is %s times the norm at rank 8 "+
		"with the same alpha, and a higher rank gains little. rsLoRA keeps the norm constant; alpha %s gives it the "+
		"same γ here", s.Rank, about(math.Sqrt(8/float64(s.Rank))), about(s.Alpha/math.Sqrt(float64(s.Rank))))
}

// rankInInit: PEFT draws gaussian A with standard deviation 1/r
// (src/peft/tuners/lora/layer.py, reset_lora_parameters).
func rankInInit(s Settings) string {
	if !strings.EqualFold(s.Init, "gaussian") {
		return ""
	}
	return "PEFT's gaussian has the standard deviation 1/r, so that A shrinks with the rank, and the gradient falls " +
		"by a further factor r^-½. The usual init has variance 1/(3·in) at every rank"
}

// randomB: PEFT leaves A and B as nn.Linear makes them unless init_lora_weights is true or a word
// (src/peft/tuners/lora/layer.py, update_layer).
func randomB(s Settings) string {
	if s.Init != "false" {
		return ""
	}
	return "A and B are both drawn at random, so that γBA changes the model before the first step, the more the " +
		"larger γ is, and the onset is not that of W: leave init_lora_weights out, or set it to true"
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
	var texts []string
	if s.Bias != "" {
		texts = append(texts, "biases, "+s.Bias+": rank and γ do not describe this")
	}
	if len(s.Variants) > 0 {
		texts = append(texts, strings.Join(s.Variants, "; ")+": rank and γ do not describe this, and the settings for "+
			"other tools leave it out")
	}
	return strings.Join(texts, ". ")
}

// scaleLost: vLLM, TensorRT-LLM, LoRAX and ExLlamaV2 all had the error of using γ = α/r for
// rsLoRA adapters, and some ignored patterns.
func scaleLost(s Settings) string {
	var whats []string
	if s.isRSLoRA() {
		whats = append(whats, fmt.Sprintf("that ignores rsLoRA uses γ = α/r = %s, not %s",
			about(s.Alpha/float64(s.Rank)), about(s.Gamma())))
	}
	if keys := s.patternKeys(); keys != "" {
		whats = append(whats, "that ignores "+keys+" uses another γ on some maps")
	}
	if s.P != 0 && s.Alpha != math.Trunc(s.Alpha) {
		whats = append(whats, fmt.Sprintf("that reads alpha as a whole number uses γ = %s, not %s",
			about(s.gamma(math.Trunc(s.Alpha), s.Rank)), about(s.Gamma())))
	}
	if len(whats) == 0 {
		return ""
	}
	return "a server " + strings.Join(whats, ", and one ") +
		": compare the output of the server with that of the merged model"
}

// patternKeys names the patterns that the settings have.
func (s Settings) patternKeys() string {
	var keys []string
	if len(s.Ranks) > 0 {
		keys = append(keys, "patterns of ranks")
	}
	if len(s.Alphas) > 0 {
		keys = append(keys, "patterns of alphas")
	}
	return strings.Join(keys, " or ")
}

// patternOrder: PEFT saves its config with sorted keys (src/peft/config.py, save_pretrained),
// and the first matching pattern counts.
func patternOrder(s Settings) string {
	for _, patterns := range [][]Pattern{s.Ranks, s.Alphas} {
		if first, second, ok := overlap(patterns); ok {
			return fmt.Sprintf("PEFT saves patterns in alphabetical order, and the first matching pattern "+
				"counts. If %s and "+
				"%s match one map, a loaded adapter may have another γ than the trained one", first, second)
		}
	}
	return ""
}

// overlap finds two patterns with different values that may match one map: a name and the
// end of it, or an expression and anything.
func overlap(patterns []Pattern) (first, second string, ok bool) {
	values := make(map[string]float64)
	for _, p := range patterns {
		values[p.Name] = p.Value
	}
	for _, p := range patterns {
		if !isLiteral(p.Name) {
			for _, q := range patterns {
				if q.Value != p.Value {
					return p.Name, q.Name, true
				}
			}
		}
		for _, end := range endings(p.Name)[1:] {
			if v, isPattern := values[end]; isPattern && v != p.Value {
				return p.Name, end, true
			}
		}
	}
	return "", "", false
}

// largeSteps: a run at rank 256 and rate 2e-4 went from a loss of 4.3 to 16.
func largeSteps(s Settings) string {
	if s.LR < 2e-4 || s.Rank < 256 {
		return ""
	}
	return fmt.Sprintf("a learning rate of %s at rank %d can diverge: try several rates, and report the best one of "+
		"each rank", about(s.LR), s.Rank)
}
