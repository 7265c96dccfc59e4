package explain

import (
	"strconv"

	"ranksweep/lora"
)

// Settings describe an adapter independently of the tool.
type Settings struct {
	Rank    int      `json:"rank"`    // r
	Alpha   float64  `json:"alpha"`   // α
	P       float64  `json:"p"`       // exponent of γ_r = α/r^p
	Targets []string `json:"targets"` // all-linear, or names of maps; empty if the tool chooses by the model's type
	Pattern string   `json:"pattern,omitempty"`
	Dropout float64  `json:"dropout,omitempty"`
	Init    string   `json:"init,omitempty"` // of A and B; empty for the usual one
	DoRA    bool     `json:"dora,omitempty"` // a magnitude is trained beside A and B
	LR      float64  `json:"lr,omitempty"`
	Model   string   `json:"model,omitempty"`

	// PerRank is the k of α = k·r if α is absent and follows the rank. It is 0 if α is
	// given.
	PerRank float64 `json:"alpha_per_rank,omitempty"`

	Ranks    map[string]int     `json:"rank_pattern,omitempty"`
	Alphas   map[string]float64 `json:"alpha_pattern,omitempty"`
	Variants []string           `json:"variants,omitempty"` // what is asked for beyond LoRA and DoRA, as QALoRA
}

// Gamma returns γ_r.
func (s Settings) Gamma() float64 { return s.gamma(s.Alpha, s.Rank) }

func (s Settings) gamma(alpha float64, rank int) float64 {
	return lora.Scheme{P: s.P}.Gamma(alpha, rank)
}

// foldedAlpha returns the α that gives the same γ when it is divided by r, for a tool that
// has no other scaling.
func (s Settings) foldedAlpha() float64 { return lora.Scheme{P: 1}.AlphaFor(s.Gamma(), s.Rank) }

// isRSLoRA reports whether α is divided by √r.
func (s Settings) isRSLoRA() bool { return s.P == 0.5 }

// allLinear is the target that stands for every linear map except the head.
const allLinear = "all-linear"

// number writes a setting in at most nine digits, which are enough to tell any two float32
// apart.
func number(v float64) string { return strconv.FormatFloat(v, 'g', 9, 64) }

// about writes a value for a sentence.
func about(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }
