package external

import (
	"encoding/json"
	"fmt"
	"math"
)

// Version is the version of the protocol. Whoever changes the meaning of a message, or adds
// one that the other side must understand, raises it.
const Version = 1

// start is the first message to the other process.
type start struct {
	Type     string `json:"type"`     // "start"
	Protocol int    `json:"protocol"` // Version
	Device   string `json:"device"`   // where to train, "cpu"
	Threads  int    `json:"threads"`  // how many cores to use
}

// request asks for one run. The process answers with steps, and then done or failed.
type request struct {
	Type string `json:"type"` // "train"

	Model    string `json:"model"`    // folder of the base model, in Hugging Face's format
	Data     string `json:"data"`     // file of the sequences, shared by runs
	Work     string `json:"work"`     // file of the run's order, schedule and first factors
	Adapters string `json:"adapters"` // file to write the trained adapters to; empty: not wanted
	Resume   string `json:"resume"`   // file that it wrote as a checkpoint of the run; empty: the run begins

	Method    string   `json:"method"`
	Maps      []string `json:"maps"`  // names of the adapted maps, in the order of the forward pass
	Rank      int      `json:"rank"`  // 0 for a method without a rank
	Gamma     float64  `json:"gamma"` // exact in float32
	Dropout   float64  `json:"dropout"`
	Precision string   `json:"precision"`
	Seed      uint64   `json:"seed"`

	Quantization          string `json:"quantization"`
	Attention             string `json:"attention"`
	GradientCheckpointing bool   `json:"gradient_checkpointing"`
	Deterministic         bool   `json:"deterministic"`

	Optimizer  optimizer `json:"optimizer"`
	Rates      rates     `json:"rates"`
	Clip       float64   `json:"clip"` // 0: never
	Batch      int       `json:"batch"`
	Accumulate int       `json:"accumulate"`
	Steps      int       `json:"steps"`

	save string // file for checkpoints of the run
}

// save asks for a checkpoint in the middle of a run. The process answers with saved before its
// next step.
type save struct {
	Type string `json:"type"` // "save"
	File string `json:"file"` // to be written
}

// optimizer is the optimizer with the settings that it has; the others are 0.
type optimizer struct {
	Name        string  `json:"name"`
	Momentum    float64 `json:"momentum"`
	Beta1       float64 `json:"beta1"`
	Beta2       float64 `json:"beta2"`
	Eps         float64 `json:"eps"`
	Damping     float64 `json:"damping"`
	WeightDecay float64 `json:"weight_decay"`
}

// rates are the highest learning rates, by the role of an array.
type rates struct {
	A      float64 `json:"a"`
	B      float64 `json:"b"`
	Weight float64 `json:"weight"` // a map's own weights
	Own    float64 `json:"own"`    // what a method trains beside A and B
}

// message is anything that the other process says. Type tells which fields it has.
type message struct {
	Type string `json:"type"` // ready, unable, working, step, saved, done or failed

	// Of ready.
	Protocol  int               `json:"protocol,omitempty"`
	Trainer   string            `json:"trainer,omitempty"`
	Versions  map[string]string `json:"versions,omitempty"` // of the language and the libraries, by name
	Device    string            `json:"device,omitempty"`   // where it trains, in words
	Devices   []string          `json:"devices,omitempty"`  // all that it finds
	Abilities *abilities        `json:"abilities,omitempty"`
	Notes     []string          `json:"notes,omitempty"` // what a user should know

	// Of unable and failed; of saved, if the file could not be written.
	Reason string `json:"reason,omitempty"`

	// Of done, and of failed if memory ran out; may be missing.
	Memory *memory `json:"memory,omitempty"`

	// Of working: what takes so long.
	What string `json:"what,omitempty"`

	// Of step; of saved, the step that comes next.
	Step       int               `json:"step"`
	Values     values            `json:"values,omitempty"`
	Maps       map[string]values `json:"maps,omitempty"`       // by the name of the adapted map
	Validation []jsonNumber      `json:"validation,omitempty"` // summed loss of each batch of the validation set
}

// abilities are what the other process can train. All but the first four may be missing: then
// it has the defaults alone.
type abilities struct {
	Optimizers []string `json:"optimizers"`
	Methods    []string `json:"methods"`
	Precisions []string `json:"precisions"`
	Dropout    bool     `json:"dropout"`

	Checkpoints bool `json:"checkpoints,omitempty"`

	Quantizations         []string          `json:"quantizations,omitempty"`
	Attentions            []string          `json:"attentions,omitempty"`
	GradientCheckpointing bool              `json:"gradient_checkpointing,omitempty"`
	Deterministic         bool              `json:"deterministic,omitempty"`
	Why                   map[string]string `json:"why,omitempty"` // by a field's name: why it lacks some values
}

// values are measurements by the name of their quantity.
type values map[string]jsonNumber

// jsonNumber is a float64 in JSON, which may also be "NaN", "Infinity" or "-Infinity".
type jsonNumber float64

var notFinite = map[string]float64{
	`"NaN"`: math.NaN(), `"Infinity"`: math.Inf(1), `"-Infinity"`: math.Inf(-1),
}

// UnmarshalJSON reads a number.
func (n *jsonNumber) UnmarshalJSON(text []byte) error {
	if x, ok := notFinite[string(text)]; ok {
		*n = jsonNumber(x)
		return nil
	}
	var x *float64
	if err := json.Unmarshal(text, &x); err != nil || x == nil {
		return fmt.Errorf(`%.40s: must be a number, "NaN", "Infinity" or "-Infinity"`, text)
	}
	*n = jsonNumber(*x)
	return nil
}

// MarshalJSON writes a number.
func (n jsonNumber) MarshalJSON() ([]byte, error) {
	for text, x := range notFinite {
		if math.Float64bits(x) == math.Float64bits(float64(n)) || math.IsNaN(x) && math.IsNaN(float64(n)) {
			return []byte(text), nil
		}
	}
	return json.Marshal(float64(n))
}
