package experiments

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"ranksweep/lora"
	"ranksweep/results"
)

// Config is one run, fully resolved. The names of its fields are the same in
// experiment files, overrides, axes and JSON.
//
// A field that came after runs were stored has omitempty in its tag: where it
// has its default, neither the ID nor the record of a run knows of it, so that
// both stay what they were.
type Config struct {
	Model   string  `json:"model"` // an embedded name or a path, relative to the working folder
	Data    Data    `json:"data"`
	Adapter Adapter `json:"adapter"`
	Train   Train   `json:"train"`
	Measure Measure `json:"measure"`
	Seed    uint64  `json:"seed"` // of the data order, A's entries and dropout, each a stream of its own

	Trainer string `json:"trainer,omitempty"` // who trains: local, the trainer in this process, or another one at hand
}

// JSON returns the config as a run's record has it. It panics where a number
// is not finite, which Validate refuses.
func (c Config) JSON() json.RawMessage {
	for _, f := range fields {
		if f.late && f.isDefault(c) {
			f.set(&c, f.zero())
		}
	}
	text, err := json.Marshal(c)
	if err != nil {
		panic(fmt.Sprintf("sweep: config was not validated: %v", err))
	}
	return text
}

// UnmarshalJSON reads what JSON wrote: a late field that is not there has its
// default.
func (c *Config) UnmarshalJSON(text []byte) error {
	type plain Config // without this method
	if err := json.Unmarshal(text, (*plain)(c)); err != nil {
		return err
	}
	for _, f := range fields {
		if f.late && reflect.DeepEqual(f.get(*c), f.zero()) {
			f.set(c, f.get(Defaults()))
		}
	}
	return nil
}

// Data is what a run is trained and validated on.
type Data struct {
	Source     string `json:"source"`     // an embedded recipe or a .jsonl or .txt file; "data: x" is short for it
	Loss       string `json:"loss"`       // completion: score the completion's tokens alone; all: score every token
	Packing    bool   `json:"packing"`    // fill each sequence up to context with several examples; else one example a sequence
	Validation int    `json:"validation"` // examples held out of training and scored as the validation set
	EOS        bool   `json:"eos"`        // end plain texts with EOS too; completions always end with it
}

// Adapter is the low-rank adapter that is trained, y = (W + γ_r BA)x, or what is
// trained in its place.
type Adapter struct {
	Rank      int         `json:"rank"`            // r
	Scaling   lora.Scheme `json:"scaling"`         // lora, rslora, constant or a number p: γ_r = α/r^p; and more, see lora.ParseScheme
	Alpha     float64     `json:"alpha"`           // α
	MatchRank int         `json:"match_rank"`      // r₀ at which γ is made equal to LoRA's α/r₀, and init and rates to those of no scheme: γ_r = (α/r₀)(r₀/r)^p; 0: α as it is
	Fresh     bool        `json:"fresh,omitempty"` // draw A, or B where that is drawn, anew for each rank; false: that of a smaller rank is the top of that of a larger one
	Init      string      `json:"init"`            // distribution of A's entries: kaiming-uniform, gaussian, rademacher, orthogonal or peft-gaussian; B starts at 0, or A where scaling has zero=a and the entries are B's
	Targets   Targets     `json:"targets"`         // the linear maps that are adapted
	Dropout   float64     `json:"dropout"`         // probability that an input of an adapter is dropped

	// lora; or full, which trains the weights W themselves: of all else here,
	// targets alone then count.
	Method string `json:"method,omitempty"`
}

// Targets names the linear maps that are adapted: a group (all-linear,
// attention, mlp) or maps by name, in alphabetical order.
type Targets []string

// String returns the names joined by +.
func (t Targets) String() string { return strings.Join(t, "+") }

// Train is the optimizer and its schedule. What the optimizer has not of
// momentum, betas and eps does not count.
type Train struct {
	Optimizer   string  `json:"optimizer"`    // sgd, adamw, adafactor, lion, signsgd or muon
	LR          float64 `json:"lr"`           // peak learning rate
	LRA         float64 `json:"lr_a"`         // that of A; 0: lr
	LRB         float64 `json:"lr_b"`         // that of B; 0: lr
	Momentum    float64 `json:"momentum"`     // of sgd and muon
	Beta1       float64 `json:"beta1"`        // of adamw: decay of the gradient's mean; of lion: share of that mean in an update
	Beta2       float64 `json:"beta2"`        // of adamw: decay of the gradient's mean square; of lion: of its mean
	Eps         float64 `json:"eps"`          // of adamw: added to the root of the mean square
	WeightDecay float64 `json:"weight_decay"` // added to the gradient under sgd, decoupled from it under the others
	Clip        float64 `json:"clip"`         // largest global gradient norm; 0: no clipping
	Schedule    string  `json:"schedule"`     // constant, or linear or cosine down towards 0, which the step after the last would have
	Warmup      int     `json:"warmup"`       // steps over which the rate first rises linearly
	Batch       int     `json:"batch"`        // sequences a forward pass
	Accumulate  int     `json:"accumulate"`   // forward passes a step
	Context     int     `json:"context"`      // longest sequence, in tokens
	Steps       int     `json:"steps"`        // updates
	Precision   string  `json:"precision"`    // of products with frozen weights: float32; or bf16, which rounds weights and what they multiply to bfloat16
}

// Measure is how often what is measured, in steps. The first and the last
// step are always measured where the interval is not "never".
type Measure struct {
	Every        int `json:"every"`         // between points of the curve: loss and gradient norms
	EvalEvery    int `json:"eval_every"`    // between validation losses; 0: first and last alone
	ProbeEvery   int `json:"probe_every"`   // between measures on the probe batch; 0: first and last alone
	ModulesEvery int `json:"modules_every"` // between points of every single adapted map; 0: never
	Probe        int `json:"probe"`         // sequences in the fixed probe batch

	Theory bool `json:"theory"` // set beside each statistic what theory expects of it at this very rank, where it has an exact expression
}

// ConfigOf returns the config that a run's record has.
func ConfigOf(r results.Run) (Config, error) {
	var c Config
	err := json.Unmarshal(r.Config, &c)
	if err == nil {
		err = c.Validate()
	}
	if err != nil {
		return Config{}, fmt.Errorf("sweep: run %s: its config: %w", r.ID, err)
	}
	return c, nil
}
