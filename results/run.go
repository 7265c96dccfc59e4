package results

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"ranksweep/grid"
	"ranksweep/lora"
	"ranksweep/metrics"
)

// Status is how a run ended.
type Status string

// A diverged run is a result. A failed run is an error, and is tried again. An absent run
// has no record, and so no status.
const (
	Done     Status = "done"
	Diverged Status = "diverged"
	Failed   Status = "failed"
)

// Run is one config trained once, as it is stored. Everything in it except Timing is a function
// of the config, the model, the data and the program.
type Run struct {
	ID         string `json:"id"`         // hash of config, model, data and numerics version
	Cell       string `json:"cell"`       // the same hash with the seed left out
	TwinID     string `json:"function"`   // equal for cells whose training is mathematically identical
	Experiment string `json:"experiment"` // the experiment that the run was first made for

	Scheme    string      `json:"scheme"`    // lora, rslora, constant or p=0.75; with @4 if matched at rank 4; full
	Powers    lora.Scheme `json:"scaling"`   // what depends on rank and how, including A's own init; never matched
	Rank      int         `json:"rank"`      // r; 0 without a rank, see Ranked
	Alpha     float64     `json:"alpha"`     // α, after matching
	Gamma     float64     `json:"gamma"`     // γ_r
	Seed      uint64      `json:"seed"`      //
	Optimizer string      `json:"optimizer"` //
	LR        float64     `json:"lr"`        // peak learning rate

	Axes []grid.Coordinate `json:"axes"` // every axis of the grid, in the experiment's order

	Status   Status   `json:"status"`
	Reason   string   `json:"reason,omitempty"`   // why it diverged or failed
	Steps    int      `json:"steps"`              // updates made
	Tokens   int64    `json:"tokens"`             // tokens trained on
	Warnings []string `json:"warnings,omitempty"` // doubts that tables print as footnotes

	// What the run costs, counted from shapes: the operations of training; the same if every
	// adapter were computed beside its map, as other programs do; and bytes of memory in
	// addition to the base model.
	Flops         float64 `json:"flops"`
	FactoredFlops float64 `json:"factored_flops"`
	Bytes         int64   `json:"bytes"`

	// BeyondTheory says why theory predicts nothing of the run after its first update;
	// empty if it does predict.
	BeyondTheory string `json:"beyond_theory,omitempty"`

	// Expected is what theory expects of statistics, by name, at this rank and on this data:
	// the root of a mean square over draws of A or, for a loss drop, the mean. Empty if the
	// config did not ask for it.
	Expected map[string]float64 `json:"expected,omitempty"`

	// Imported says where a run comes from that was trained elsewhere; nil for a run of ours.
	Imported *Imported `json:"imported,omitempty"`

	Config     json.RawMessage `json:"config"` // fully resolved
	Provenance Provenance      `json:"provenance"`

	Curve   []metrics.Point `json:"-"` // the whole run, in curve.csv
	Modules []metrics.Point `json:"-"` // each adapted map, in modules.csv

	Validation []ValidationBatch `json:"-"` // at the last validation, in validation.csv

	Timing Timing `json:"-"` // in timing.json

	Parameters int64 `json:"-"` // that it trains, see [lora.Parameters]; no record has it; 0 if nobody counted them

	Varies bool `json:"-"` // trained again, it may have other bytes; known only of a run that was just trained

	statistics []float64 // of a summary: its values of metrics.Statistics; nil otherwise
	method     string    // of an outline: its Method

	Unknown []string `json:"-"` // columns and files of the record that this program does not know, and leaves out
}

// Provenance says from which inputs a run was made, and by which program.
type Provenance struct {
	Numerics  int    `json:"numerics"`   // version of the arithmetic; runs of different versions never mix
	ModelHash string `json:"model_hash"` // sha256 of the base model
	DataHash  string `json:"data_hash"`  // sha256 of the training data
	Program   string `json:"program"`    // module version and VCS revision
	Go        string `json:"go"`         // toolchain and platform
	Kernel    string `json:"kernel"`     // matrix kernel; for another trainer, its libraries and device
}

// Timing is the part of a run that differs from one execution to the next.
type Timing struct {
	Started time.Time `json:"started"`
	Seconds float64   `json:"seconds"`
	Peak    int64     `json:"peak_bytes,omitempty"` // memory in use at once, if the trainer measures it
}

// Ranked reports whether the run trained something with a rank, an alpha and a gamma: an
// adapter, and not the weights themselves.
func (r Run) Ranked() bool { return r.Rank > 0 }

// Method returns the method in the run's config; empty if it names none, as LoRA's runs and runs
// that were trained elsewhere.
func (r Run) Method() string {
	if r.Config == nil {
		return r.method
	}
	var c struct {
		Adapter struct {
			Method string `json:"method"`
		} `json:"adapter"`
	}
	if json.Unmarshal(r.Config, &c) != nil {
		return "" // its readers say what is wrong with it
	}
	return c.Adapter.Method
}

// Statistic returns the run's value of s. It is NaN if the run failed. If the run diverged
// it is NaN too, except for statistics of the first steps.
func (r Run) Statistic(s metrics.Statistic) float64 {
	if r.Status == Done || r.Status == Diverged && s.Early {
		return r.statistic(s)
	}
	return math.NaN()
}

// Learned returns how far the run's validation loss fell, from before any update to the
// end; NaN if one of the two was not measured.
func (r Run) Learned() float64 { return r.OnsetLoss() - r.Statistic(metrics.ValLossFinal) }

// OnsetLoss returns the validation loss before any update; NaN if it was not measured.
func (r Run) OnsetLoss() float64 {
	if len(r.Curve) == 0 || r.Curve[0].Step != 0 {
		return math.NaN()
	}
	return r.Curve[0].Values[metrics.ValLoss]
}

// check returns an error about a run that must be neither stored nor read.
func (r Run) check() error {
	if err := cmp.Or(checkID(r.ID), r.checkImported()); err != nil {
		return err
	}
	switch r.Status {
	case Done, Diverged, Failed:
		return nil
	}
	return fmt.Errorf("status %q: must be %s, %s or %s", r.Status, Done, Diverged, Failed)
}

// checkID checks that an ID can be the name of a folder on any system.
func checkID(id string) error {
	if id == "" || strings.HasPrefix(id, ".") || strings.ContainsAny(id, `/\:`) {
		return fmt.Errorf("ID %q: must be a plain name, without a leading dot", id)
	}
	return nil
}
