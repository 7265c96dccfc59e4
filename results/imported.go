package results

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"ranksweep/wholefile"
)

// Imported says where a run comes from that was trained elsewhere.
type Imported struct {
	Source string   `json:"source"` // the file, and where in it the run begins
	SHA256 string   `json:"sha256"` // of the file
	Absent []string `json:"absent"` // fields of run.json that the source does not state, and that are left out
}

// ImportedPrefix begins the IDs of imported runs. No ID of ours has a hyphen: those are hexadecimal digits.
const ImportedPrefix = "imported-"

// NotStated is the scheme or the optimizer of an imported run whose source names none.
const NotStated = "not stated"

// Refused returns why a run cannot be trained again; nil if it can.
func (r Run) Refused() error {
	if r.Imported == nil {
		return nil
	}
	return fmt.Errorf("run %s is imported from %s: this program did not train it, and cannot train it again: "+
		"write an experiment file with its settings to train your own", r.ID, r.Imported.Source)
}

// checkImported holds the IDs of imported runs apart from ours.
func (r Run) checkImported() error {
	if named := strings.HasPrefix(r.ID, ImportedPrefix); named != (r.Imported != nil) {
		return fmt.Errorf("ID %q: must begin with %s if the run is imported, and must not if it is not", r.ID,
			ImportedPrefix)
	}
	return nil
}

// schemeColumns are the columns of runs.csv that tell a scheme.
var schemeColumns = []string{"p", "init_power", "lr_a_power", "lr_b_power", "lr_ratio", "zero_a", "log"}

// ofTrainer are the columns of runs.csv that only a run of ours has.
var ofTrainer = []string{"numerics"}

// Lacks reports whether the run is imported and its source says nothing of a column of runs.csv.
func (r Run) Lacks(column string) bool {
	if r.Imported == nil {
		return false
	}
	if slices.Contains(schemeColumns, column) {
		column = "scaling"
	}
	return slices.Contains(r.Imported.Absent, column) || slices.Contains(ofTrainer, column)
}

// leaveAbsent marks what an imported run lacks, of which run.json has no field.
func (r *Run) leaveAbsent() {
	for name, v := range map[string]*float64{"alpha": &r.Alpha, "gamma": &r.Gamma, "scaling": &r.Powers.P} {
		if r.Lacks(name) {
			*v = math.NaN()
		}
	}
}

// encodeRun writes run.json. That of an imported run has no field for what its source does not state.
func encodeRun(r Run) ([]byte, error) {
	if r.Imported == nil {
		return wholefile.JSON(r)
	}
	r.Alpha, r.Gamma, r.Powers.P = orZero(r.Alpha), orZero(r.Gamma), orZero(r.Powers.P)
	text, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	all, err := members(text)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(m member) bool { return slices.Contains(r.Imported.Absent, m.key) })
	for i, m := range all {
		if m.key == "provenance" {
			all[i].value = encodeObject([]member{{"program", json.RawMessage(jsonText(r.Provenance.Program))}})
		}
	}
	return wholefile.JSON(encodeObject(all))
}

// encodeTiming writes timing.json, of nothing if an imported run has no times.
func encodeTiming(r Run) ([]byte, error) {
	if r.Lacks("seconds") {
		return wholefile.JSON(struct{}{})
	}
	return wholefile.JSON(r.Timing)
}

// orZero is v, or 0 in its place if it is absent and its field is left out.
func orZero(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return v
}
