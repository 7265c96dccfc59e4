package explain

import (
	"slices"

	"ranksweep/lora"
	"ranksweep/paper/number"
)

// Settings describe an adapter independently of the tool.
type Settings struct {
	// Method is another method than LoRA and DoRA, by ranksweep's name.
	Method string `json:"method,omitempty"`

	Rank  int     `json:"rank"`  // r
	Alpha float64 `json:"alpha"` // α
	P     float64 `json:"p"`     // exponent of γ_r = α/r^p

	// Targets are names of maps, or endings of names that follow a dot. A first element
	// all-linear stands for every linear map except the head. They are empty if Pattern has
	// the targets, or if the tool chooses them by the model's type.
	Targets []string `json:"targets"`
	Pattern string   `json:"pattern,omitempty"` // a regular expression that a whole name must match

	// NoNames are what stands among names and cannot be one, so that it selects no map.
	NoNames   []string `json:"no_names,omitempty"`
	NoTargets bool     `json:"no_targets,omitempty"` // the list of targets is empty

	Parameters []string `json:"parameters,omitempty"` // targets that are no maps, such as those of experts

	Exclude        []string `json:"exclude,omitempty"` // as Targets
	ExcludePattern string   `json:"exclude_pattern,omitempty"`
	Layers         []int    `json:"layers,omitempty"` // numbers of the layers that are adapted; empty for all
	LayersPattern  []string `json:"layers_pattern,omitempty"`
	LastLayers     int      `json:"last_layers,omitempty"` // how many of the last layers are adapted; 0 for all

	Ranks  []Pattern `json:"rank_pattern,omitempty"`
	Alphas []Pattern `json:"alpha_pattern,omitempty"`

	Dropout float64 `json:"dropout,omitempty"`
	Init    string  `json:"init,omitempty"` // of A and B; empty for the usual one
	Bias    string  `json:"bias,omitempty"` // which biases are trained; empty for none
	DoRA    bool    `json:"dora,omitempty"` // a magnitude is trained beside A and B
	LR      float64 `json:"lr,omitempty"`
	Ratio   float64 `json:"lr_ratio,omitempty"` // LoRA+: the learning rate of B divided by that of A, which is LR
	Model   string  `json:"model,omitempty"`

	// Optimizer is its name as the file writes it.
	Optimizer string `json:"optimizer,omitempty"`

	// PerRank is the k of α = k·r if α is absent and follows the rank. It is 0 if α is
	// given.
	PerRank float64 `json:"alpha_per_rank,omitempty"`

	Quoted      []string `json:"numbers_in_quotes,omitempty"` // keys whose number is text for the tool
	IdleTargets bool     `json:"idle_targets,omitempty"`      // Pattern matches no map
	Idle        []string `json:"idle_patterns,omitempty"`     // patterns that match no adapted map

	Ignored []string `json:"ignored,omitempty"` // keys that the method's layers do not look at

	// Stored is the adapter that is loaded. Its own config counts, not these settings.
	Stored   string   `json:"stored_adapter,omitempty"`
	Variants []string `json:"variants,omitempty"` // what is asked for beyond LoRA and DoRA, as QALoRA
}

// Pattern is a rank or an α for the maps that its name matches. The first pattern that matches
// counts.
type Pattern struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// Gamma returns γ_r.
func (s Settings) Gamma() float64 { return s.gamma(s.Alpha, s.Rank) }

func (s Settings) gamma(alpha float64, rank int) float64 {
	return lora.Scheme{P: s.P}.Gamma(alpha, rank)
}

// alphaAt returns the α that gives the same γ if it is divided by r^p.
func (s Settings) alphaAt(p float64) float64 { return lora.Scheme{P: p}.AlphaFor(s.Gamma(), s.Rank) }

// multiplied reports whether what the adapter adds has a multiplier.
func (s Settings) multiplied() bool { return s.Method == "" || s.P != 0 }

// isRSLoRA reports whether α is divided by √r.
func (s Settings) isRSLoRA() bool { return s.P == 0.5 }

// allLinear is the target that stands for every linear map except the head.
const allLinear = "all-linear"

// linear are the names of LLaMA's linear maps, which most models have taken over: the four of
// attention, then those of the feed-forward part.
var linear = []string{"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"}

// llamaNames is the remark on them.
const llamaNames = "these names are those of LLaMA: put your model's names there"

// onlyAllLinear reports whether the targets are all linear maps and nothing else.
func (s Settings) onlyAllLinear() bool { return slices.Equal(s.Targets, []string{allLinear}) }

// named returns the targets with LLaMA's names in place of all-linear, and a remark if it
// took them.
func (s Settings) named() (names, remarks []string) {
	if !slices.Contains(s.Targets, allLinear) {
		return s.Targets, nil
	}
	for _, name := range slices.Concat(linear, s.Targets) {
		if name != allLinear && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, []string{llamaNames}
}

// precise writes a setting in at most nine digits, which are enough to tell any two float32
// apart.
func precise(v float64) string { return number.Significant(v, 9) }

// factor writes a number before what it multiplies; nothing where the number is 1.
func factor(number, times string) string {
	if number == "1" {
		return ""
	}
	return number + times
}

// about writes a value for a sentence.
func about(v float64) string { return number.Significant(v, 4) }
