package experiments

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"ranksweep/grid"
	"ranksweep/lora"
)

// Config is one run, fully resolved. Experiment files, overrides, axes and JSON use the same
// names for its fields. [Fields] explains each of them.
//
// A late field is one that older records lack; its tag says omitempty. At its default
// it is left out of a run's ID and record, so that IDs and records without the field
// stay valid.
type Config struct {
	Model   string  `json:"model"`
	Data    Data    `json:"data"`
	Adapter Adapter `json:"adapter"`
	Train   Train   `json:"train"`
	Measure Measure `json:"measure"`
	Seed    uint64  `json:"seed"`
	Trainer string  `json:"trainer,omitempty"`
}

// JSON returns the config as it stands in a run's record. It panics if a number is
// not finite; Validate refuses such numbers.
func (c Config) JSON() json.RawMessage { return c.object("") }

// object returns the fields of a group, and the groups themselves if that is the top level.
func (c Config) object(group string) []byte {
	var members [][]byte
	written := ""
	for _, f := range fields {
		switch {
		case group == "" && f.group != "" && f.group != written:
			written = f.group
			members = append(members, fmt.Appendf(nil, "%q:%s", f.group, c.object(f.group)))
		case f.group == group && !(f.late && f.isDefault(c)):
			value, err := json.Marshal(f.get(c))
			if err != nil {
				panic(fmt.Sprintf("experiments: config was not validated: %v", err))
			}
			members = append(members, fmt.Appendf(nil, "%q:%s", f.key, value))
		}
	}
	return fmt.Appendf(nil, "{%s}", bytes.Join(members, []byte(",")))
}

// UnmarshalJSON reads the text that JSON writes. A late field that is absent gets its
// default. A field that this program does not know is an error.
func (c *Config) UnmarshalJSON(text []byte) error {
	for _, f := range fields {
		if f.late {
			f.set(c, f.get(Defaults()))
		}
	}
	type plain Config // without this method
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode((*plain)(c))
}

// Data is the data on which a run is trained and validated.
type Data struct {
	Source     string `json:"source"`
	Loss       string `json:"loss"`
	Packing    bool   `json:"packing"`
	Validation int    `json:"validation"`
	EOS        bool   `json:"eos"`
}

// Adapter is the low-rank adapter that is trained, y = (W + γ_r BA)x, or the method
// that is trained instead of one.
type Adapter struct {
	Rank      int         `json:"rank"`
	Scaling   lora.Scheme `json:"scaling"`
	Alpha     float64     `json:"alpha"`
	MatchRank int         `json:"match_rank"`
	Fresh     bool        `json:"fresh,omitempty"`
	Init      string      `json:"init"`
	Targets   Targets     `json:"targets"`
	Dropout   float64     `json:"dropout"`
	Method    string      `json:"method,omitempty"`

	DecomposeFactor int  `json:"decompose_factor,omitempty"`
	DecomposeBoth   bool `json:"decompose_both,omitempty"`

	TargetRank      int     `json:"target_rank,omitempty"`
	TInit           int     `json:"tinit,omitempty"`
	TFinal          int     `json:"tfinal,omitempty"`
	DeltaT          int     `json:"delta_t,omitempty"`
	ImportanceBeta1 float64 `json:"importance_beta1,omitempty"`
	ImportanceBeta2 float64 `json:"importance_beta2,omitempty"`
	OrthReg         string  `json:"orth_reg,omitempty"`
	OrthRegWeight   float64 `json:"orth_reg_weight,omitempty"`
	GammaRank       string  `json:"gamma_rank,omitempty"`
}

// Targets names the linear maps that are adapted: groups (all-linear, attention, mlp)
// or single maps, in alphabetical order.
type Targets []string

// String returns the names joined by +.
func (t Targets) String() string { return strings.Join(t, "+") }

// Train is the optimizer and its schedule. Settings that the optimizer does not use (momentum,
// betas, eps) are ignored.
type Train struct {
	Optimizer   string  `json:"optimizer"`
	LR          float64 `json:"lr"`
	LRA         float64 `json:"lr_a"`
	LRB         float64 `json:"lr_b"`
	Momentum    float64 `json:"momentum"`
	Beta1       float64 `json:"beta1"`
	Beta2       float64 `json:"beta2"`
	Eps         float64 `json:"eps"`
	WeightDecay float64 `json:"weight_decay"`
	Clip        float64 `json:"clip"`
	Schedule    string  `json:"schedule"`
	Warmup      int     `json:"warmup"`
	Batch       int     `json:"batch"`
	Accumulate  int     `json:"accumulate"`
	Context     int     `json:"context"`
	Steps       int     `json:"steps"`
	Precision   string  `json:"precision"`

	Damping               float64 `json:"damping,omitempty"`
	Quantization          string  `json:"quantization,omitempty"`
	Attention             string  `json:"attention,omitempty"`
	GradientCheckpointing bool    `json:"gradient_checkpointing,omitempty"`
	Deterministic         bool    `json:"deterministic,omitempty"`
}

// Measure says how often each kind of measurement is made. Intervals are in steps. The first
// and the last step are always measured, unless the interval means never.
type Measure struct {
	Every        int  `json:"every"`
	EvalEvery    int  `json:"eval_every"`
	ProbeEvery   int  `json:"probe_every"`
	ModulesEvery int  `json:"modules_every"`
	Probe        int  `json:"probe"`
	Theory       bool `json:"theory"`
}

// ConfigOf returns the config in the record of the run with an ID. If a newer program wrote the
// record, the config may have fields that this program does not know, which is an error.
func ConfigOf(id string, record json.RawMessage) (Config, error) {
	var c Config
	err := json.Unmarshal(record, &c)
	if err == nil {
		err = c.Validate()
	}
	if err != nil {
		return Config{}, fmt.Errorf("experiments: run %s: its config: %w", id, err)
	}
	return c, nil
}

// Coordinates are the values of all fields, in order of declaration, as they stand on axes.
func (c Config) Coordinates() (all []grid.Coordinate) {
	for _, f := range fields {
		all = append(all, grid.Coordinate{Name: f.name, Value: format(f.get(c))})
	}
	return all
}
